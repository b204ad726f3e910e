import { BehaviorSubject, finalize, tap } from 'rxjs'
import type { Observable } from 'rxjs'
import { blockingQuery } from './blocking-query.ts'
import type { BlockingQuery } from '../lib/blocking-query.ts'
import type { Log } from '../lib/log.ts'

export interface Watching {
  /**
   * A blocking query as a stream; `what` names it in the log. `minInterval` in ms, see
   * `blockingQuery`.
   */
  readonly watch: <T>(what: string, query: BlockingQuery<T>, minInterval?: number) => Observable<T>
  /** Whether Consul has stopped answering any of the watches, from now on. */
  readonly silent: Observable<boolean>
}

/** ms */
const RETRY = { first: 200, max: 5000 }

/**
 * All watches of a program, with one account of whether Consul answers. However many of them fail,
 * the log tells of the first failure, and of the moment when none fails any more.
 */
export function watching(log: Log): Watching {
  const failing = new Set<string>()
  const silent = new BehaviorSubject(false)
  const settle = (what: string): void => {
    if (failing.delete(what) && failing.size === 0) silent.next(false)
  }
  return {
    silent,
    watch: (what, query, minInterval) => {
      const onError = (error: unknown): void => {
        const first = failing.size === 0
        failing.add(what)
        if (!first) return
        log.warn({ what, reason: String(error) }, 'consul does not answer: all stays as it is')
        silent.next(true)
      }
      const onAnswer = (): void => {
        if (failing.size === 1 && failing.has(what)) log.info({}, 'consul answers again')
        settle(what)
      }
      const options = { retry: RETRY, onError, ...(minInterval === undefined ? {} : { minInterval }) }
      return blockingQuery(query, options).pipe(
        tap(onAnswer),
        finalize(() => settle(what)),
      )
    },
  }
}
