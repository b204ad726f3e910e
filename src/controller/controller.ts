import { asyncScheduler, merge, Subject, Subscription, tap } from 'rxjs'
import type { Observable, SchedulerLike } from 'rxjs'
import type { Log } from '../lib/log.ts'
import { boundedFrequency } from '../loop/bounded-frequency.ts'
import { InFlight } from '../loop/in-flight.ts'
import { done, retryAfter } from '../loop/outcome.ts'
import type { Outcome } from '../loop/outcome.ts'
import { reconcileKeyed } from '../loop/reconcile-keyed.ts'
import type { Reconciled } from '../loop/reconcile-keyed.ts'
import { afterSilence, inTurn } from '../loop/resync.ts'
import type { ClusterSnapshot } from '../model/cluster.ts'
import type { ControllerDump } from './dump.ts'
import { Lead } from './lead.ts'
import type { LeadContext } from './lead.ts'
import { Looks } from './looks.ts'
import type { ControllerPorts } from './ports.ts'
import type { ControllerSettings } from './state.ts'
import { NODE_REPORTS } from '../store/reports.ts'
import type { FollowedFacts } from './statuses.ts'
import { Backlog, keyOfWork } from './work-item.ts'
import type { WorkItem } from './work-item.ts'
import type { FailingChecks } from '../model/registration.ts'

/** ms between two observations at least, and until one that failed is made again. */
const OBSERVATIONS = { minInterval: 50, retryInterval: 1000, maxInterval: Number.POSITIVE_INFINITY }
/** More checks than this failing at once are no matter of single services. */
const MOST_SUSPECTS = 20
/** How many items are carried out at once, and ms until one that failed is tried again. */
const WORK = { concurrency: 16, backoff: { first: 200, max: 10_000 } }
/** ms in which each item is compared with the world again, and ms between two of them. */
const RESYNC = { all: 5000, least: 1000, most: 5000 }
/** ms until work is tried again that must wait for news of who leads. */
const LEADER_WAIT = 1000

export interface ControllerOptions {
  readonly scheduler?: SchedulerLike
  /** In [0, 1), as Math.random. */
  readonly random?: () => number
}

/**
 * The controller: observes, plans, carries out, reports. It acts only beside the cluster's leader.
 */
export class Controller {
  readonly #ports: ControllerPorts
  readonly #log: Log
  readonly #timing: Required<ControllerOptions>
  readonly #looks: Looks
  readonly #context: LeadContext
  readonly #items = new Subject<WorkItem>()
  readonly #backlog = new Backlog()
  readonly #inFlight = new InFlight()
  readonly #running = new Subscription()
  #facts: FollowedFacts = { failing: new Map(), reports: [] }
  /** Null while standing by. */
  #lead: Lead | null = null

  constructor(
    ports: ControllerPorts,
    settings: ControllerSettings,
    log: Log,
    { scheduler = asyncScheduler, random = Math.random }: ControllerOptions = {},
  ) {
    this.#ports = ports
    this.#log = log
    this.#timing = { scheduler, random }
    this.#looks = new Looks(ports, scheduler, random)
    this.#context = {
      ports,
      settings,
      log,
      now: () => scheduler.now(),
      facts: () => this.#facts,
      enqueue: (item) => this.#enqueue(item),
    }
  }

  start(): void {
    const reconciled$ = reconcileKeyed(this.#items, (item) => this.#work(item), {
      ...WORK,
      ...this.#timing,
      keyOf: keyOfWork,
    })
    this.#running.add(reconciled$.subscribe((each) => this.#noteReconciled(each)))
    this.#running.add(merge(this.#observations(), this.#resyncs(), this.#followed()).subscribe())
    this.#looks.request(null)
  }

  /**
   * Begins nothing more, and resolves once the writes that are under way have ended. Nothing is
   * undone.
   */
  async stop(): Promise<void> {
    this.#running.unsubscribe()
    await this.#inFlight.settled()
  }

  /** How everything stands, as plain data. */
  snapshot(): ControllerDump {
    return {
      role: this.#lead === null ? 'standing by' : 'leading',
      at: new Date(this.#timing.scheduler.now()).toISOString(),
      isLeadStale: this.#looks.isLeadStale(),
      failing: [...this.#facts.failing.keys()],
      reporting: this.#facts.reports.map(({ node }) => node),
      work: this.#backlog.snapshot(),
      lead: this.#lead?.dump() ?? null,
    }
  }

  #observations(): Observable<unknown> {
    const observe = (): Promise<void> => this.#observe()
    return boundedFrequency(this.#looks.due, observe, {
      ...OBSERVATIONS,
      ...this.#timing,
      onError: (error) => this.#log.error({ err: error }, 'observation failed: nothing is planned from it'),
    })
  }

  #resyncs(): Observable<unknown> {
    const items = (): readonly WorkItem[] => this.#lead?.everyItem() ?? []
    return merge(inTurn(items, { ...RESYNC, ...this.#timing }), afterSilence(items, this.#ports.silent)).pipe(
      tap((item) => {
        if (item.kind === 'statuses') this.#lead?.doubtStatuses()
        this.#enqueue(item)
      }),
    )
  }

  #followed(): Observable<unknown> {
    return merge(
      this.#ports.failing.pipe(tap((failing) => this.#noteFailing(failing))),
      this.#ports.reports.pipe(
        tap((entries) => {
          this.#facts = { ...this.#facts, reports: [...NODE_REPORTS.decode(entries).entries.values()] }
          this.#enqueue({ kind: 'statuses' })
        }),
      ),
    )
  }

  async #observe(): Promise<void> {
    const look = await this.#looks.look(this.#lead?.snapshot ?? null)
    if (this.#running.closed) return
    if (look === null) return this.#standBy()
    this.#lead ??= await this.#takeOver(look.snapshot)
    this.#looks.requestLater(await this.#lead.observe(look))
  }

  async #takeOver(snapshot: ClusterSnapshot): Promise<Lead> {
    const lead = await Lead.takeOver(this.#context, snapshot)
    this.#log.info({ node: snapshot.self }, 'acting: this node leads the Swarm')
    return lead
  }

  #standBy(): void {
    if (this.#lead !== null) this.#log.info({}, 'standing by: another node leads the Swarm')
    this.#lead?.end()
    this.#lead = null
  }

  /** A check that newly fails tells of a crash before the cluster does. */
  #noteFailing(failing: FailingChecks): void {
    const news = [...failing.keys()].filter((check) => !this.#facts.failing.has(check))
    this.#facts = { ...this.#facts, failing }
    this.#enqueue({ kind: 'statuses' })
    if (news.length > MOST_SUSPECTS) return
    for (const check of news) {
      const workloadId = this.#lead?.workloadOf(check) ?? null
      if (workloadId !== null) this.#looks.request(workloadId)
    }
  }

  #enqueue(item: WorkItem): void {
    this.#backlog.enqueued(item)
    this.#items.next(item)
  }

  async #work(item: WorkItem): Promise<Outcome> {
    this.#backlog.begun(item)
    const lead = this.#lead
    if (lead === null) return done
    if (this.#looks.isLeadStale()) {
      return retryAfter(LEADER_WAIT, 'who leads was last asked too long ago to act on')
    }
    return await this.#inFlight.track(() => lead.work(item))
  }

  #noteReconciled(reconciled: Reconciled): void {
    this.#backlog.ended(reconciled)
    const { key, outcome, attempt, nextInMs } = reconciled
    if (outcome.kind === 'retry') this.#log.warn({ key, reason: outcome.reason, attempt, nextInMs }, 'retry')
  }
}
