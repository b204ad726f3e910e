/** What came of a load, in numbers. Pure. */
import type { LoadResult } from './load.ts'
import { percentiles } from './percentiles.ts'
import type { Percentiles } from './percentiles.ts'
import type { Sample } from './samples.ts'

export interface Summary {
  readonly requests: number
  readonly failed: number
  /** How often each failure was seen. */
  readonly failures: Readonly<Record<string, number>>
  /** ms, counted from when a request was due. */
  readonly latency: Percentiles
  /** ms, as the generator counts it: from when it sent a request. */
  readonly latencyFromSent: Percentiles
}

/** What is wrong with an answer; undefined for one that is as it should be. */
export type Judge = (sample: Sample) => string | undefined

/** An answer of 2xx. */
export const answered: Judge = ({ status, error, body }) => {
  if (status >= 200 && status < 300) return undefined
  return status === 0 ? error : `${status} ${body.trim()}`
}

export function summarize({ samples, latencies }: LoadResult, judge: Judge = answered): Summary {
  const failures: Record<string, number> = {}
  let failed = 0
  for (const sample of samples) {
    const failure = judge(sample)
    if (failure === undefined) continue
    failed += 1
    failures[`${sample.method}: ${failure}`] = (failures[`${sample.method}: ${failure}`] ?? 0) + 1
  }
  return {
    requests: samples.length,
    failed,
    failures,
    latency: percentiles(latencies),
    latencyFromSent: percentiles(samples.map(({ took }) => took)),
  }
}
