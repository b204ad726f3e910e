/**
 * Reconciling by key: streams of changed items become calls of plain functions that read the newest
 * state and say how it went.
 */
import { Observable, asyncScheduler, catchError, of, type SchedulerLike, type Subscription } from 'rxjs'
import { retry, type Outcome } from './outcome.ts'
import { abortable, after, backoffDelay, type Backoff } from './timing.ts'
import { workQueue } from './work-queue.ts'
import { messageOf } from '../lib/errors.ts'

export interface KeyedOptions<T> {
  /** Items with the same key are one. */
  readonly keyOf: (item: T) => string
  /** How many keys are worked at once, at most. */
  readonly concurrency: number
  /** ms */
  readonly backoff: Backoff
  readonly scheduler?: SchedulerLike
  /** In [0, 1), as Math.random. */
  readonly random?: () => number
}

/** One finished try. */
export interface Reconciled {
  readonly key: string
  readonly outcome: Outcome
  /** From 1, counted since the key last ended in anything but `retry`. */
  readonly attempt: number
  /**
   * ms until the next try; 0 if the item came again during this one; null if there is none until it
   * does.
   */
  readonly nextInMs: number | null
}

/**
 * Works each item that comes, and works it again as its outcome says. A key is never worked twice
 * at once; items of a waiting key are one; an item during its work means one more time. An item
 * ends a wait at once (there is news to look at) without making the next one shorter. A rejected
 * `work` is a `retry` with the error's message.
 *
 * Never completes. An error of `items$` is passed on. After unsubscribing no work begins; what is
 * under way goes on, and its outcome is ignored.
 */
export function reconcileKeyed<T>(
  items$: Observable<T>,
  work: (item: T) => Promise<Outcome>,
  options: KeyedOptions<T>,
): Observable<Reconciled> {
  const { keyOf, concurrency, backoff, scheduler = asyncScheduler, random = Math.random } = options
  return new Observable<Reconciled>((subscriber) => {
    const queue = workQueue<string>()
    /** The newest of each key that is in line or waits. */
    const items = new Map<string, T>()
    const failures = new Map<string, number>()
    const waits = new Map<string, Subscription>()

    const add = (item: T): void => {
      const key = keyOf(item)
      waits.get(key)?.unsubscribe()
      waits.delete(key)
      items.set(key, item)
      queue.add(key)
      workOn()
    }

    const workOn = (): void => {
      while (!subscriber.closed && queue.working() < concurrency) {
        const key = queue.take()
        const item = key === undefined ? undefined : items.get(key)
        if (key === undefined || item === undefined) break
        items.delete(key)
        const outcome$ = abortable(() => work(item)).pipe(
          catchError((error: unknown) => of(retry(messageOf(error)))),
        )
        subscriber.add(outcome$.subscribe((outcome) => settle(key, item, outcome)))
      }
    }

    const settle = (key: string, item: T, outcome: Outcome): void => {
      const attempt = (failures.get(key) ?? 0) + 1
      const { failed, wait } = consequence(outcome, attempt, backoff, random)
      if (failed) failures.set(key, attempt)
      else failures.delete(key)
      const again = queue.finish(key)
      if (!again && wait !== null) {
        const waiting = after(wait, scheduler).subscribe(() => add(item))
        waits.set(key, waiting)
        subscriber.add(waiting)
      }
      subscriber.next({ key, outcome, attempt, nextInMs: again ? 0 : wait })
      workOn()
    }

    subscriber.add(items$.subscribe({ next: add, error: (error: unknown) => subscriber.error(error) }))
  })
}

/**
 * The one place where outcomes are told apart: whether it counts as a failure, and the ms to the
 * next try (null: none).
 */
function consequence(
  outcome: Outcome,
  attempt: number,
  backoff: Backoff,
  random: () => number,
): { failed: boolean; wait: number | null } {
  switch (outcome.kind) {
    case 'retry':
      return { failed: true, wait: backoffDelay(attempt, backoff, random) }
    case 'retry-after':
      return { failed: false, wait: outcome.ms }
    case 'done':
      return { failed: false, wait: null }
  }
}
