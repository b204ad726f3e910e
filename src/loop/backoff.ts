/** Exponential backoff in ms: the longest first delay, and the cap. */
export interface Backoff {
  readonly first: number
  readonly max: number
}

/**
 * Delay in ms after the `failures`-th failure in a row (from 1): doubled each time, capped, then drawn from its upper half. So
 * equals that failed together part ways, and yet no delay is shorter than the one before it until the cap is reached.
 */
export function backoffDelay(failures: number, { first, max }: Backoff, random: () => number): number {
  // Beyond 2^52 any cap is long reached, and Infinity would make NaN of a `first` of 0.
  const longest = Math.min(max, first * 2 ** Math.min(failures - 1, 52))
  return longest * (0.5 + random() / 2)
}
