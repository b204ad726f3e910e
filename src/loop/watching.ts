import {
  asyncScheduler,
  BehaviorSubject,
  defer,
  distinctUntilChanged,
  finalize,
  ignoreElements,
  map,
  merge,
  scan,
  share,
  skip,
  Subject,
  tap,
  throttleTime,
} from 'rxjs'
import type { Observable, SchedulerLike } from 'rxjs'
import { blockingQuery } from './blocking-query.ts'
import type { BlockingQueryOptions } from './blocking-query.ts'
import type { BlockingQuery } from '../lib/blocking-query.ts'
import type { Timing } from './timing.ts'
import type { Log } from '../lib/log.ts'

/**
 * Asks the Consul agent which Consul servers are alive, as text of which only changes matter.
 * Rejects if it does not answer in some seconds.
 */
export type AliveServers = (signal: AbortSignal) => Promise<string>

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
/** ms between two questions for the servers, also after one that failed. */
const BEAT = 1000
const BEAT_RETRY = { first: BEAT, max: BEAT }
/** ms between two times at which all questions are asked anew, at least. */
const ANEW_APART = 10_000
/** ms over which these are spread: for each question, and at most. */
const SPREAD_PER_QUESTION = 5
const LONGEST_SPREAD = 5000

const REAL: Timing = { scheduler: asyncScheduler, random: Math.random }

/**
 * All watches of a program, with one account of whether Consul answers. However many of them fail,
 * the log tells of the first failure, and of the moment when none fails any more.
 *
 * A question that a Consul agent passed on to a server without power stays unanswered for a minute,
 * while a new server answers all that is asked now. So all open questions are asked anew when other
 * servers are alive than before, and when Consul answers again after a failure. With the first answer
 * that one of the failing questions gets, the others no longer wait for their next try.
 */
export function watching(log: Log, aliveServers: AliveServers, timing: Timing = REAL): Watching {
  const signs = new Subject<Sign>()
  const heard = new Subject<void>()
  const account = accountOf(log, timing.scheduler, {
    onAnswer: () => heard.next(),
    onRecovery: (before) => signs.next({ reason: 'it answers again', before }),
  })
  let questions = 0
  const spread = (): number => Math.min(questions * SPREAD_PER_QUESTION, LONGEST_SPREAD)
  const hurry = heard.pipe(throttleTime(ANEW_APART, timing.scheduler), map(spread), share())
  const anew = signs.pipe(
    scan((last, sign) => ({ ...sign, before: Math.max(last.before, sign.before) })),
    throttleTime(ANEW_APART, timing.scheduler, { leading: true, trailing: true }),
    tap(({ reason }) => log.info({ reason, questions }, 'asks consul anew what is open')),
    map(({ before }) => ({ before, within: spread() })),
    share(),
  )
  const follow = <T>(
    what: string,
    query: BlockingQuery<T>,
    options: Omit<BlockingQueryOptions, 'onError'>,
  ): Observable<T> =>
    blockingQuery(query, { ...timing, ...options, onError: (error) => account.failed(what, error) }).pipe(
      tap(() => account.answered(what)),
      finalize(() => account.ended(what)),
    )
  const servers = follow('servers', polled(aliveServers), { retry: BEAT_RETRY, minInterval: BEAT }).pipe(
    distinctUntilChanged(),
    skip(1),
    tap(() => signs.next({ reason: 'other servers are alive', before: timing.scheduler.now() })),
    ignoreElements(),
    share(),
  )
  return {
    silent: account.silent,
    watch: (what, query, minInterval) =>
      defer(() => {
        questions += 1
        const options = { retry: RETRY, anew, hurry, ...(minInterval === undefined ? {} : { minInterval }) }
        return merge(follow(what, query, options), servers).pipe(finalize(() => (questions -= 1)))
      }),
  }
}

/** What is answered at once, as a blocking query each of whose answers is news. */
function polled<T>(ask: (signal: AbortSignal) => Promise<T>): BlockingQuery<T> {
  let count = 0
  return async (_, signal) => {
    const value = await ask(signal)
    count += 1
    return { index: count, value }
  }
}

/** That questions which were asked before, ms since the epoch, may never be answered. */
interface Sign {
  readonly reason: string
  readonly before: number
}

interface Account {
  readonly silent: BehaviorSubject<boolean>
  readonly failed: (what: string, error: unknown) => void
  readonly answered: (what: string) => void
  /** Nobody waits for it any more. */
  readonly ended: (what: string) => void
}

/** Who is told that one of the watches that fail is answered again, and that the last of them is. */
interface Listener {
  readonly onAnswer: () => void
  /** `since`: when the first of them failed, ms since the epoch. */
  readonly onRecovery: (since: number) => void
}

/** Which watches fail. */
function accountOf(log: Log, clock: SchedulerLike, { onAnswer, onRecovery }: Listener): Account {
  let since = 0
  const failing = new Set<string>()
  const silent = new BehaviorSubject(false)
  const settle = (what: string): boolean => {
    const isLast = failing.delete(what) && failing.size === 0
    if (isLast) silent.next(false)
    return isLast
  }
  return {
    silent,
    failed: (what, error) => {
      const isFirst = failing.size === 0
      failing.add(what)
      if (!isFirst) return
      since = clock.now()
      log.warn({ what, reason: String(error) }, 'consul does not answer: all stays as it is')
      silent.next(true)
    },
    answered: (what) => {
      if (!failing.has(what)) return
      onAnswer()
      if (!settle(what)) return
      log.info({}, 'consul answers again')
      onRecovery(since)
    },
    ended: settle,
  }
}
