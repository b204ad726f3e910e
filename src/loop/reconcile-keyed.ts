/**
 * Reconciling by key: streams of hints become calls of plain functions that read the newest state and say how it went. This folder
 * holds what Shoal needs of streams: this operator, runs of bounded frequency, blocking queries, one watch a key. It knows
 * neither Swarm nor Consul nor HAProxy: it is given functions.
 */
import { Observable, asyncScheduler, catchError, of, type SchedulerLike, type Subscription } from 'rxjs'
import { abortable } from './abortable.ts'
import { after } from './after.ts'
import { backoffDelay, type Backoff } from './backoff.ts'
import { retry, type Outcome } from './outcome.ts'
import { workQueue } from './work-queue.ts'
import { messageOf } from '../lib/errors.ts'

export interface KeyedOptions {
  /** How many keys are worked at once, at most. */
  readonly concurrency: number
  /** ms */
  readonly backoff: Backoff
  readonly scheduler?: SchedulerLike
  /** In [0, 1), as Math.random. */
  readonly random?: () => number
}

/** One finished try. */
export interface Reconciled<K extends string> {
  readonly key: K
  readonly outcome: Outcome
  /** From 1, counted since the key last ended in anything but `retry`. */
  readonly attempt: number
  /** ms until the next try; 0 if a hint came during this one; null if there is none until the next hint. */
  readonly nextInMs: number | null
}

/**
 * Works each key that is hinted at, and works it again as its outcome says. A key is never worked twice at once; hints at a waiting
 * key are one; a hint during its work means one more time. A hint ends a wait at once (there is news to look at) without making
 * the next one shorter. A rejected `work` is a `retry` with the error's message.
 *
 * Completes when `keys$` has and nothing is left waiting, being worked or to be retried. An error of `keys$` is passed on.
 * Unsubscribing aborts the signals of all running work.
 */
export function reconcileKeyed<K extends string>(
  keys$: Observable<K>,
  work: (key: K, signal: AbortSignal) => Promise<Outcome>,
  options: KeyedOptions,
): Observable<Reconciled<K>> {
  const { concurrency, backoff, scheduler = asyncScheduler, random = Math.random } = options
  return new Observable<Reconciled<K>>((subscriber) => {
    const queue = workQueue<K>()
    const failures = new Map<K, number>()
    const waits = new Map<K, Subscription>()
    let hintsOver = false

    const hint = (key: K): void => {
      waits.get(key)?.unsubscribe()
      waits.delete(key)
      queue.add(key)
      workOn()
    }

    const workOn = (): void => {
      while (!subscriber.closed && queue.working() < concurrency) {
        const key = queue.take()
        if (key === undefined) break
        const outcome$ = abortable((signal) => work(key, signal)).pipe(
          catchError((error: unknown) => of(retry(messageOf(error)))),
        )
        subscriber.add(outcome$.subscribe((outcome) => settle(key, outcome)))
      }
      if (hintsOver && queue.idle() && waits.size === 0) subscriber.complete()
    }

    const settle = (key: K, outcome: Outcome): void => {
      const attempt = (failures.get(key) ?? 0) + 1
      const { failed, wait } = consequence(outcome, attempt, backoff, random)
      if (failed) failures.set(key, attempt)
      else failures.delete(key)
      const again = queue.finish(key)
      if (!again && wait !== null) {
        const waiting = after(wait, scheduler).subscribe(() => hint(key))
        waits.set(key, waiting)
        subscriber.add(waiting)
      }
      subscriber.next({ key, outcome, attempt, nextInMs: again ? 0 : wait })
      workOn()
    }

    subscriber.add(
      keys$.subscribe({
        next: hint,
        error: (error: unknown) => subscriber.error(error),
        complete: () => {
          hintsOver = true
          workOn()
        },
      }),
    )
  })
}

/** The one place where outcomes are told apart: whether it counts as a failure, and the ms to the next try (null: none). */
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
    case 'give-up':
      break
  }
  return { failed: false, wait: null }
}
