import { asyncScheduler, Observable, Subject } from 'rxjs'
import type { SchedulerLike } from 'rxjs'
import { KV_PROXY_STATUS } from '../model/names.ts'
import { reportOf } from '../proxy/report.ts'
import { reconcileKeyed } from './keyed.ts'
import type { Reconciled } from './keyed.ts'
import { done, retryAfter } from './outcome.ts'
import type { Outcome } from './outcome.ts'
import type { ProxyPorts } from './proxy-ports.ts'
import type { ProgrammedPlan } from './proxy-programming.ts'

/** ms between two reports on one service, at least. */
const APART = 1000
const BACKOFF = { first: 500, max: 10_000 }
const CONCURRENCY = 4

/** Where one node's reports are in the KV. */
export function reportsPrefix(nodeName: string): string {
  return `${KV_PROXY_STATUS}${nodeName}/`
}

/**
 * Keeps this node's reports in the KV at what is programmed: written when they differ, removed with their service, and written again if
 * the KV loses them.
 */
export function reportProgrammed(
  states$: Observable<ProgrammedPlan>,
  { reports, kv }: Pick<ProxyPorts, 'reports' | 'kv'>,
  {
    scheduler = asyncScheduler,
    random = Math.random,
  }: { scheduler?: SchedulerLike; random?: () => number } = {},
): Observable<Reconciled<string>> {
  return new Observable<Reconciled<string>>((subscriber) => {
    const hints = new Subject<string>()
    const writtenAt = new Map<string, number>()
    /** JSON by key; null until it's known what the KV has. */
    let actual: Map<string, string> | null = null
    let wanted: ReadonlyMap<string, string> | null = null

    const hintDifferences = (): void => {
      if (actual === null || wanted === null) return
      for (const key of new Set([...actual.keys(), ...wanted.keys()])) {
        if (actual.get(key) !== wanted.get(key)) hints.next(key)
      }
    }

    const work = async (key: string): Promise<Outcome> => {
      const text = wanted?.get(key)
      if (actual === null || wanted === null || actual.get(key) === text) return done
      if (text === undefined) {
        await kv.delete(key)
        actual.delete(key)
        return done
      }
      const rest = (writtenAt.get(key) ?? Number.NEGATIVE_INFINITY) + APART - scheduler.now()
      // No longer than that even if the clock was set back.
      if (rest > 0) return retryAfter(Math.min(rest, APART), 'reported a moment ago')
      writtenAt.set(key, scheduler.now())
      await kv.put(key, text)
      actual.set(key, text)
      return done
    }

    const error = (cause: unknown): void => subscriber.error(cause)
    subscriber.add(
      reconcileKeyed(hints, work, {
        concurrency: CONCURRENCY,
        backoff: BACKOFF,
        scheduler,
        random,
      }).subscribe({
        next: (reconciled) => subscriber.next(reconciled),
        error,
      }),
    )
    subscriber.add(
      reports.subscribe({
        next: (entries) => {
          actual = new Map(entries)
          hintDifferences()
        },
        error,
      }),
    )
    subscriber.add(
      states$.subscribe({
        next: (state) => {
          wanted = wantedReports(state, wanted)
          hintDifferences()
        },
        error,
      }),
    )
  })
}

/** JSON by key. What was wanted before stands for a service that is still being programmed. */
function wantedReports(
  { plan, programmed }: ProgrammedPlan,
  before: ReadonlyMap<string, string> | null,
): ReadonlyMap<string, string> {
  const prefix = reportsPrefix(plan.self.nodeName)
  return new Map(
    [...plan.services.keys()].flatMap((service): [string, string][] => {
      const key = prefix + service
      const report = reportOf(service, plan, programmed)
      const text = report === null ? before?.get(key) : JSON.stringify(report)
      return text === undefined ? [] : [[key, text]]
    }),
  )
}
