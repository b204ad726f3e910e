/** How long Shoal takes from a change in the world until every HAProxy follows, over many samples. */
import type { Lab } from '../lab.ts'
import { percentiles } from '../load/percentiles.ts'
import type { Percentiles } from '../load/percentiles.ts'

export interface Loop {
  /** As `--only` names it. */
  readonly name: string
  readonly title: string
  /** ms that 99 of 100 are to stay under. */
  readonly goal: number
  /** At least as many samples as asked for, in ms. */
  measure(lab: Lab, samples: number): Promise<readonly number[]>
}

export interface LoopResult {
  readonly name: string
  readonly title: string
  readonly goal: number
  readonly samples: readonly number[]
  readonly latency: Percentiles
}

export async function runLoop(loop: Loop, lab: Lab, samples: number): Promise<LoopResult> {
  const { name, title, goal } = loop
  const measured = await loop.measure(lab, samples)
  const latency = percentiles(measured)
  lab.log(`${name}: p50 ${latency.p50.toFixed(0)} ms, p99 ${latency.p99.toFixed(0)} ms of ${measured.length}`)
  return { name, title, goal, samples: measured, latency }
}
