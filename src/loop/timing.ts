/**
 * Waiting: promises as streams, timers of any length, and the pauses between tries. All times are
 * in ms.
 */
import { defer, from, NEVER, tap, timer, type Observable, type SchedulerLike } from 'rxjs'

/** Where time and chance come from; tests have their own. */
export interface Timing {
  readonly scheduler: SchedulerLike
  /** In [0, 1), as Math.random. */
  readonly random: () => number
}

/**
 * A promise as a cold stream: unsubscribing before it settles aborts it, and what it then does is
 * ignored. Never emits synchronously; a `start` that throws is a rejection.
 */
export function abortable<T>(start: (signal: AbortSignal) => Promise<T>): Observable<T> {
  return defer(() => {
    const aborter = new AbortController()
    const started = async (): Promise<T> => start(aborter.signal)
    return from(started()).pipe(tap({ unsubscribe: () => aborter.abort() }))
  })
}

/** setTimeout and setInterval fire at once if asked for more (24.8 days), Infinity included. */
const LONGEST = 2 ** 31 - 1

/** Emits once after `ms`; never if that is longer than timers can wait. */
export function after(ms: number, scheduler: SchedulerLike): Observable<unknown> {
  return ms <= LONGEST ? timer(ms, scheduler) : NEVER
}

/** A time that is up to a tenth longer or shorter, so that those who began together part ways. */
export function jittered(ms: number, random: () => number): number {
  return ms * (0.9 + random() / 5)
}

/** Exponential backoff in ms: the longest first delay, and the cap. */
export interface Backoff {
  readonly first: number
  readonly max: number
}

/**
 * Delay in ms after the `failures`-th failure in a row (from 1): doubled each time, capped, then
 * drawn from its upper half. So equals that failed together part ways, and yet no delay is shorter
 * than the one before it until the cap is reached.
 */
export function backoffDelay(failures: number, { first, max }: Backoff, random: () => number): number {
  // Beyond 2^52 any cap is long reached, and Infinity would make NaN of a `first` of 0.
  const longest = Math.min(max, first * 2 ** Math.min(failures - 1, 52))
  return longest * (0.5 + random() / 2)
}
