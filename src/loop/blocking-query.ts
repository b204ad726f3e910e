import {
  asyncScheduler,
  defer,
  filter,
  map,
  merge,
  NEVER,
  repeat,
  retry,
  startWith,
  switchMap,
  tap,
} from 'rxjs'
import type { Observable, SchedulerLike } from 'rxjs'
import { abortable, after, backoffDelay, type Backoff } from './timing.ts'
import type { Answer, BlockingQuery } from '../lib/blocking-query.ts'

/** What was asked before may never be answered. */
interface Doubt {
  /** ms since the epoch */
  readonly before: number
  /** ms: each question is asked anew after a random part of this time. */
  readonly within: number
}

export interface BlockingQueryOptions {
  /** Backoff after errors, in ms. */
  readonly retry: Backoff
  /**
   * ms from the start of a query to the start of the next, at least. 50 if not given: costs nothing
   * while queries block.
   */
  readonly minInterval?: number
  readonly scheduler?: SchedulerLike
  /** In [0, 1), as Math.random. */
  readonly random?: () => number
  /** Told of each failed query, and in how many ms the next is due. */
  readonly onError?: (error: unknown, retryInMs: number) => void
  /** Doubts questions: each of them that stays unanswered is given up, and asked without an index. */
  readonly anew?: Observable<Doubt>
  /** Each value, in ms: who waits after an error asks again within a random part of this time. */
  readonly hurry?: Observable<number>
}

/**
 * A Consul blocking query as an endless stream of values, by consul-template's rules: `query` is
 * called with the last index (null: answer at once), again and again, never without a pause. An
 * unchanged index emits nothing. After an error it backs off, emits nothing (the last good answer
 * stays in force), and starts anew without an index; so the first answer after an error is always
 * emitted, changed or not. Unsubscribing aborts the query's signal.
 *
 * `query` must give up by itself some time after its `wait`: a connection that died silently is not
 * noticed here, unless `anew` says so. Rules:
 * https://developer.hashicorp.com/consul/api-docs/features/blocking#implementation-details
 */
export function blockingQuery<T>(query: BlockingQuery<T>, options: BlockingQueryOptions): Observable<T> {
  const { retry: backoff, minInterval = 50, onError } = options
  const { scheduler = asyncScheduler, random = Math.random, anew = NEVER, hurry = NEVER } = options
  const within = (ms: number): Observable<unknown> => after(random() * ms, scheduler)
  return defer(() => {
    let index: number | null = null
    let failures = 0
    let askedAt = 0
    let isAnswered = false
    const ask = (signal: AbortSignal): Promise<Answer<T>> => {
      isAnswered = false
      askedAt = scheduler.now()
      return query(index, signal)
    }
    const isNews = (answer: Answer<T>): boolean => {
      const { next, news } = nextIndex(index, answer.index)
      index = next
      failures = 0
      isAnswered = true
      return news
    }
    const afterError = (error: unknown): Observable<unknown> => {
      // Whoever answers next may know less (Consul was wiped), and would block until it has caught
      // up with our index.
      index = null
      failures += 1
      const ms = Math.max(minInterval, backoffDelay(failures, backoff, random))
      onError?.(error, ms)
      return merge(after(ms, scheduler), hurry.pipe(switchMap(within)))
    }
    // The clock may have been set back.
    const pause = (): number => Math.max(0, minInterval - Math.max(0, scheduler.now() - askedAt))
    const answers = abortable(ask).pipe(
      filter(isNews),
      map(({ value }) => value),
      retry({ delay: afterError }),
      repeat({ delay: () => after(pause(), scheduler) }),
    )
    const lost = anew.pipe(
      switchMap((doubt) => within(doubt.within).pipe(filter(() => !isAnswered && askedAt <= doubt.before))),
      tap(() => {
        index = null
        failures = 0
      }),
    )
    return lost.pipe(
      startWith(null),
      switchMap(() => answers),
    )
  })
}

/** Which index to ask with next, and whether an answer says anything new. */
function nextIndex(last: number | null, answered: number): { next: number | null; news: boolean } {
  // A broken answer (0, or no index): 1 is always safe to wait beyond, null would make a busy loop.
  if (!(answered >= 1)) return { next: 1, news: true }
  // Consul was restored or wiped: what this answer says is not to be trusted, ask anew.
  if (last !== null && answered < last) return { next: null, news: false }
  return { next: answered, news: answered !== last }
}
