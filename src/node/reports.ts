import { Subject, Subscription, throttleTime } from 'rxjs'
import type { Observable } from 'rxjs'
import type { Log } from '../lib/log.ts'
import { InFlight } from '../loop/in-flight.ts'
import type { Timing } from '../loop/timing.ts'
import { NODE_REPORTS, reportId, SERVICE_REPORTS } from '../store/reports.ts'
import type { ServiceKey } from '../model/service.ts'
import { identicalFields, identicalItems } from '../lib/same.ts'
import type { NodeReport, ProxyReport } from '../model/status.ts'
import { reportOf } from './plan/report.ts'
import { reconcileKeyed } from '../loop/reconcile-keyed.ts'
import { done, retryAfter } from '../loop/outcome.ts'
import type { Outcome } from '../loop/outcome.ts'
import type { NodePorts } from './ports.ts'
import type { ProgrammedPlan } from './programming.ts'

/** ms between two reports on one service, at least. */
const APART = 1000
/**
 * ms between two looks at what is programmed: at the start it is a backend more each millisecond.
 */
const SETTLING = 200
const BACKOFF = { first: 500, max: 10_000 }
const CONCURRENCY = 4

/** For people who look into a running node agent. */
export interface ReportsSnapshot {
  /** Keys of what differs from what the KV has; null while it is not known what that is. */
  readonly differing: readonly string[] | null
}

/**
 * Keeps this node's reports in the KV at what is programmed: written when they differ, removed with
 * their service, and written again if the KV loses them.
 */
export class NodeReports {
  readonly #ports: Pick<NodePorts, 'reports' | 'kv'>
  readonly #log: Log
  readonly #timing: Timing
  readonly #running = new Subscription()
  readonly #writes = new InFlight()
  readonly #hints = new Subject<string>()
  readonly #writtenAt = new Map<string, number>()
  /** JSON by key; null until it's known what the KV has. */
  #actual: Map<string, string> | null = null
  #wanted: ReadonlyMap<string, string> | null = null
  #reports: ReadonlyMap<ServiceKey, Wanted> = new Map()

  constructor(ports: Pick<NodePorts, 'reports' | 'kv'>, log: Log, timing: Timing) {
    this.#ports = ports
    this.#log = log
    this.#timing = timing
  }

  start(states: Observable<ProgrammedPlan>): void {
    const write = (key: string) => this.#writes.track(() => this.#write(key))
    const options = {
      keyOf: (key: string) => key,
      concurrency: CONCURRENCY,
      backoff: BACKOFF,
      ...this.#timing,
    }
    this.#running.add(
      reconcileKeyed(this.#hints, write, options).subscribe(({ key, outcome, attempt, nextInMs }) => {
        if (outcome.kind === 'retry' && attempt === 1) {
          this.#log.warn({ key, reason: outcome.reason, nextInMs }, 'not reported')
        }
      }),
    )
    this.#running.add(
      this.#ports.reports.subscribe((entries) => {
        this.#actual = new Map(entries)
        this.#hintDifferences()
      }),
    )
    const settling = { leading: true, trailing: true }
    this.#running.add(
      states.pipe(throttleTime(SETTLING, this.#timing.scheduler, settling)).subscribe((state) => {
        this.#reports = wantedReports(state, this.#reports)
        this.#wanted = entriesOf(state.plan.self.nodeName, this.#reports)
        this.#hintDifferences()
      }),
    )
  }

  /** Resolves once no write is in flight. */
  async stop(): Promise<void> {
    this.#running.unsubscribe()
    await this.#writes.settled()
  }

  snapshot(): ReportsSnapshot {
    return { differing: this.#actual === null ? null : this.#differing() }
  }

  #hintDifferences(): void {
    for (const key of this.#differing()) this.#hints.next(key)
  }

  #differing(): string[] {
    const [actual, wanted] = [this.#actual, this.#wanted]
    if (actual === null || wanted === null) return []
    const keys = new Set([...actual.keys(), ...wanted.keys()])
    return [...keys].filter((key) => actual.get(key) !== wanted.get(key))
  }

  async #write(key: string): Promise<Outcome> {
    const [actual, text] = [this.#actual, this.#wanted?.get(key)]
    if (actual === null || this.#wanted === null || actual.get(key) === text) return done
    if (text === undefined) {
      await this.#ports.kv.delete(key)
      this.#actual?.delete(key)
      return done
    }
    const now = this.#timing.scheduler.now()
    const rest = (this.#writtenAt.get(key) ?? Number.NEGATIVE_INFINITY) + APART - now
    // No longer than that even if the clock was set back.
    if (rest > 0) return retryAfter(Math.min(rest, APART), 'reported a moment ago')
    this.#writtenAt.set(key, now)
    await this.#ports.kv.put(key, text)
    this.#actual?.set(key, text)
    return done
  }
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
      return [[service, stands ? known : { report, text: SERVICE_REPORTS.encode(report) }]]
    }),
  )
}

/** Backends that did not change are the same objects in both. */
function isSame({ backends: before, ...a }: ProxyReport, { backends: now, ...b }: ProxyReport): boolean {
  return identicalFields(a, b) && identicalItems(Object.values(before), Object.values(now))
}

/** JSON by key. */
function entriesOf(node: string, wanted: ReadonlyMap<ServiceKey, Wanted>): Map<string, string> {
  const all = [...wanted.values()]
  const entries = new Map(all.map(({ report, text }) => [SERVICE_REPORTS.key(reportId(report)), text]))
  if (wanted.size === 0) return entries
  const reports = all.map(({ report }) => report)
  const short: NodeReport = {
    node,
    revisions: new Map(reports.map(({ key, revision }) => [key, revision])),
    errors: new Map(reports.flatMap(({ key, error }) => (error === null ? [] : [[key, error]]))),
  }
  return entries.set(NODE_REPORTS.key(node), NODE_REPORTS.encode(short))
}
