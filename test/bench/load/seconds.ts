/** Latency second by second. Pure. */
import type { LoadResult } from './load.ts'
import { percentile } from './percentiles.ts'

/** The highest p99 (ms from when requests were due) of a second, of those that began at `from` (ms since the epoch) and later. */
export function worstSecond({ samples, latencies }: LoadResult, from: number): number {
  const seconds = new Map<number, number[]>()
  for (const [index, { sentAt, took }] of samples.entries()) {
    const latency = latencies[index] ?? took
    const due = sentAt + took - latency
    if (due < from) continue
    const second = Math.floor((due - from) / 1000)
    const values = seconds.get(second) ?? []
    values.push(latency)
    seconds.set(second, values)
  }
  const worst = [...seconds.values()].map((values) =>
    percentile(
      values.toSorted((a, b) => a - b),
      99,
    ),
  )
  return worst.length === 0 ? Number.NaN : Math.max(...worst)
}
