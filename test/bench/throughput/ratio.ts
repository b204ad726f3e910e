/** Compares two proxies that were measured in turn. Pure. */
import { median } from '../median.ts'

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

/** Of a figure: what both have in the middle, and the one over the other. */
export interface Comparison {
  readonly figure: string
  readonly first: number
  readonly second: number
  /** The median of the rounds' own ratios: what slows the machine slows both halves of a round. */
  readonly ratio: number
}

const FIGURES: readonly (readonly [string, (speed: Speed) => number])[] = [
  ['requests/s', ({ requestsPerSecond }) => requestsPerSecond],
  ['CPU µs/request', ({ cpuPerRequest }) => cpuPerRequest],
  ['CPU µs/request at full speed', ({ cpuPerRequestAtFullSpeed }) => cpuPerRequestAtFullSpeed],
  ['p50 ms', ({ p50 }) => p50],
  ['p99 ms', ({ p99 }) => p99],
]

/** Rounds of both in the same order. */
export function compare(first: readonly Speed[], second: readonly Speed[]): Comparison[] {
  return FIGURES.map(([figure, of]) => ({
    figure,
    first: median(first.map(of)),
    second: median(second.map(of)),
    ratio: median(first.flatMap((speed, round) => ratio(of(speed), second[round], of))),
  }))
}

function ratio(value: number, other: Speed | undefined, of: (speed: Speed) => number): number[] {
  return other === undefined ? [] : [value / of(other)]
}
