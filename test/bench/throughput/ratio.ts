/** Compares proxies that were measured in turn. Pure. */
import { median } from '../median.ts'

/** What is measured side by side: Shoal's HAProxy, and two with a config by hand. */
export interface Contest<T> {
  /** All tasks alike, as by hand. */
  readonly shoal: T
  /** As it is without a word in the spec: tasks of the own node first. */
  readonly shoalPreferringLocal: T
  readonly byHand: T
  /** Asks another task, too, where one that died did not answer. */
  readonly byHandRetrying: T
}

/** One proxy's measurement. */
export interface Speed {
  readonly failed: number
  /** At full speed. */
  readonly requestsPerSecond: number
  /** µs at the constant rate. */
  readonly cpuPerRequest: number
  /** µs */
  readonly cpuPerRequestAtFullSpeed: number
  /** ms at the constant rate, from when requests were due. */
  readonly p50: number
  readonly p99: number
}

interface Ratio {
  /** Geometric, of the ratios of each turn: what slows the machine slows both, and none is favoured by being the divisor. */
  readonly mean: number
  /** Standard error of the mean; NaN of fewer than two turns. */
  readonly error: number
}

export interface Comparison {
  readonly figure: string
  /** In the middle of all turns. */
  readonly medians: Contest<number>
  /** Shoal's over that of the one by hand, and of the one that retries. */
  readonly ratio: Ratio
  readonly ratioRetrying: Ratio
}

const FIGURES: readonly (readonly [string, (speed: Speed) => number])[] = [
  ['requests/s', ({ requestsPerSecond }) => requestsPerSecond],
  ['CPU µs/request', ({ cpuPerRequest }) => cpuPerRequest],
  ['CPU µs/request at full speed', ({ cpuPerRequestAtFullSpeed }) => cpuPerRequestAtFullSpeed],
  ['p50 ms', ({ p50 }) => p50],
  ['p99 ms', ({ p99 }) => p99],
]

/** Turns of all in the same order. */
export function compare({
  shoal,
  shoalPreferringLocal,
  byHand,
  byHandRetrying,
}: Contest<readonly Speed[]>): Comparison[] {
  return FIGURES.map(([figure, of]) => ({
    figure,
    medians: {
      shoal: median(shoal.map(of)),
      shoalPreferringLocal: median(shoalPreferringLocal.map(of)),
      byHand: median(byHand.map(of)),
      byHandRetrying: median(byHandRetrying.map(of)),
    },
    ratio: ratioOf(shoal, byHand, of),
    ratioRetrying: ratioOf(shoal, byHandRetrying, of),
  }))
}

function ratioOf(first: readonly Speed[], second: readonly Speed[], of: (speed: Speed) => number): Ratio {
  const logarithms = first.flatMap((speed, turn) => {
    const other = second[turn]
    return other === undefined ? [] : [Math.log(of(speed) / of(other))]
  })
  const mean = sum(logarithms) / logarithms.length
  const variance = sum(logarithms.map((each) => (each - mean) ** 2)) / (logarithms.length - 1)
  return { mean: Math.exp(mean), error: Math.exp(mean) * Math.sqrt(variance / logarithms.length) }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
