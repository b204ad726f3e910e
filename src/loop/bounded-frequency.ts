import { Observable, Subscription, asyncScheduler, type SchedulerLike } from 'rxjs'
import { abortable, after, jittered } from './timing.ts'

export interface BoundedFrequencyOptions {
  /**
   * ms from the end of a run to the start of the next, at least; a function is asked after each
   * run, and at each hint.
   */
  readonly minInterval: number | (() => number)
  /** ms from the end of a run to the next one that nobody hinted at, ± 10 %; Infinity for none. */
  readonly maxInterval: number | (() => number)
  /** ms from the end of a failed run to the next. */
  readonly retryInterval: number
  readonly scheduler?: SchedulerLike
  /** In [0, 1), as Math.random. */
  readonly random?: () => number
  /** Told of each failed run, and in how many ms the next is due. */
  readonly onError?: (error: unknown, nextInMs: number) => void
}

/**
 * kube-proxy's BoundedFrequencyRunner: runs at once when idle, at most every `minInterval` when
 * busy (all hints of that time make one run), at least every `maxInterval` anyway, and never twice
 * at once. Emits the results of runs that succeed; one that fails is done again after
 * `retryInterval`, or sooner if hinted at. Does not run before the first hint or `maxInterval`.
 *
 * Never completes. An error of `hints$` is passed on. After unsubscribing no run begins; what one
 * under way results in is ignored.
 */
export function boundedFrequency<T>(
  hints$: Observable<unknown>,
  run: () => Promise<T>,
  options: BoundedFrequencyOptions,
): Observable<T> {
  const { minInterval, maxInterval, retryInterval, onError } = options
  const { scheduler = asyncScheduler, random = Math.random } = options
  const longest = typeof maxInterval === 'number' ? () => maxInterval : maxInterval
  const shortest = typeof minInterval === 'number' ? () => minInterval : minInterval
  const unasked = (): number => jittered(longest(), random)
  return new Observable<T>((subscriber) => {
    let running = false
    /** Hinted at since the last run began, or that failed. */
    let owed = false
    let endedAt = Number.NEGATIVE_INFINITY
    let wait = Subscription.EMPTY

    const startIn = (ms: number): void => {
      wait.unsubscribe()
      wait = after(ms, scheduler).subscribe(start)
      subscriber.add(wait)
    }

    const start = (): void => {
      wait.unsubscribe()
      running = true
      owed = false
      subscriber.add(
        abortable(() => run()).subscribe({
          next: (result) => subscriber.next(result),
          error: (error: unknown) => {
            const nextInMs = settle(retryInterval, true)
            onError?.(error, nextInMs)
          },
          complete: () => settle(unasked(), false),
        }),
      )
    }

    const settle = (pause: number, failed: boolean): number => {
      const nextInMs = owed ? shortest() : Math.max(shortest(), pause)
      running = false
      owed ||= failed
      endedAt = scheduler.now()
      startIn(nextInMs)
      return nextInMs
    }

    const hint = (): void => {
      owed = true
      if (running) return
      // The clock may have been set back.
      const rest = shortest() - Math.max(0, scheduler.now() - endedAt)
      if (rest > 0) startIn(rest)
      else start()
    }

    startIn(unasked())
    subscriber.add(hints$.subscribe({ next: hint, error: (error: unknown) => subscriber.error(error) }))
  })
}
