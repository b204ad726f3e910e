import { asyncScheduler, Observable, Subject, throttleTime } from 'rxjs'
import type { SchedulerLike } from 'rxjs'
import { KV_PROGRAMMED, KV_PROXY_STATUS } from '../model/names.ts'
import type { ServiceKey } from '../model/service.ts'
import { identicalFields, identicalItems } from '../lib/same.ts'
import type { NodeReport, ProxyReport } from '../model/status.ts'
import { reportOf } from './plan/report.ts'
import { reconcileKeyed } from '../loop/reconcile-keyed.ts'
import type { Reconciled } from '../loop/reconcile-keyed.ts'
import { done, retryAfter } from '../loop/outcome.ts'
import type { Outcome } from '../loop/outcome.ts'
import type { NodePorts } from './ports.ts'
import type { ProgrammedPlan } from './programming.ts'

/** ms between two reports on one service, at least. */
const APART = 1000
/** ms between two looks at what is programmed: at the start it is a backend more each millisecond. */
const SETTLING = 200
const BACKOFF = { first: 500, max: 10_000 }
const CONCURRENCY = 4

/** Where one node's reports are in the KV, those on each service and the one in short. */
export function reportPrefixes(nodeName: string): readonly [services: string, node: string] {
  return [`${KV_PROXY_STATUS}${nodeName}/`, `${KV_PROGRAMMED}${nodeName}/`]
}

/**
 * Keeps this node's reports in the KV at what is programmed: written when they differ, removed with their service, and written again if
 * the KV loses them.
 */
export function reportProgrammed(
  states$: Observable<ProgrammedPlan>,
  { reports: reports$, kv }: Pick<NodePorts, 'reports' | 'kv'>,
  {
    scheduler = asyncScheduler,
    random = Math.random,
  }: { scheduler?: SchedulerLike; random?: () => number } = {},
): Observable<Reconciled> {
  return new Observable<Reconciled>((subscriber) => {
    const hints = new Subject<string>()
    const writtenAt = new Map<string, number>()
    /** JSON by key; null until it's known what the KV has. */
    let actual: Map<string, string> | null = null
    let wanted: ReadonlyMap<string, string> | null = null
    let reports: ReadonlyMap<ServiceKey, Wanted> = new Map()

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
        keyOf: (key) => key,
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
      reports$.subscribe({
        next: (entries) => {
          actual = new Map(entries)
          hintDifferences()
        },
        error,
      }),
    )
    subscriber.add(
      states$.pipe(throttleTime(SETTLING, scheduler, { leading: true, trailing: true })).subscribe({
        next: (state) => {
          reports = wantedReports(state, reports)
          wanted = entriesOf(state.plan.self.nodeName, reports)
          hintDifferences()
        },
        error,
      }),
    )
  })
}

/** A report as it was last wanted, with its text. */
interface Wanted {
  readonly report: ProxyReport
  readonly text: string
}

/** By service. What was wanted before stands for a service that is still being programmed. */
function wantedReports(
  { plan, programmed }: ProgrammedPlan,
  before: ReadonlyMap<ServiceKey, Wanted>,
): ReadonlyMap<ServiceKey, Wanted> {
  return new Map(
    [...plan.services.keys()].flatMap((service): [ServiceKey, Wanted][] => {
      const known = before.get(service)
      const report = reportOf(service, plan, programmed)
      if (report === null) return known === undefined ? [] : [[service, known]]
      const stands = known !== undefined && isSame(known.report, report)
      return [[service, stands ? known : { report, text: JSON.stringify(report) }]]
    }),
  )
}

/** Backends that did not change are the same objects in both. */
function isSame({ backends: before, ...a }: ProxyReport, { backends: now, ...b }: ProxyReport): boolean {
  return identicalFields(a, b) && identicalItems(Object.values(before), Object.values(now))
}

/** JSON by key. */
function entriesOf(nodeName: string, wanted: ReadonlyMap<ServiceKey, Wanted>): Map<string, string> {
  const [ofServices, ofNode] = reportPrefixes(nodeName)
  const entries = new Map([...wanted].map(([service, { text }]) => [ofServices + service, text]))
  if (wanted.size === 0) return entries
  const reports = [...wanted.values()].map(({ report }) => report)
  const short: NodeReport = {
    node: nodeName,
    revisions: Object.fromEntries(reports.map(({ key, revision }) => [key, revision])),
    errors: Object.fromEntries(reports.flatMap(({ key, error }) => (error === null ? [] : [[key, error]]))),
  }
  return entries.set(`${ofNode}services`, JSON.stringify(short))
}
