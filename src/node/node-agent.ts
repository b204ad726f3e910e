import { asyncScheduler, concat, defer, filter, ignoreElements, map, Subject, Subscription, tap } from 'rxjs'
import type { Observable, SchedulerLike } from 'rxjs'
import { messageOf } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import { sameContent } from '../lib/same.ts'
import { boundedFrequency } from '../loop/bounded-frequency.ts'
import { InFlight } from '../loop/in-flight.ts'
import { OneAtATime } from '../loop/one-at-a-time.ts'
import type { Timing } from '../loop/timing.ts'
import { followView } from './follow-view.ts'
import type { Self } from './locality/locality.ts'
import { ownZone } from './plan/haproxies.ts'
import { planNode } from './plan/plan.ts'
import type { NodePlan } from './plan/plan.ts'
import type { NodePorts } from './ports.ts'
import { HaproxyProgramming } from './programming.ts'
import type { ProgrammingSnapshot } from './programming.ts'
import { NodeReports } from './reports.ts'
import type { ReportsSnapshot } from './reports.ts'
import { changes } from './view/changes.ts'
import { readMemory, writeMemory } from './view/memory.ts'
import type { Memory } from './view/memory.ts'
import { snapshotOf } from './view/snapshot.ts'
import type { ViewSnapshot } from './view/snapshot.ts'
import { EMPTY_VIEW, isComplete } from './view/view.ts'
import type { View } from './view/view.ts'

export type Identity = Pick<Self, 'node' | 'nodeName'>

export interface NodeOptions {
  readonly scheduler?: SchedulerLike
  /** In [0, 1), as Math.random. */
  readonly random?: () => number
}

/** For people who look into a running node agent: plain data. */
export interface NodeSnapshot {
  readonly self: Self
  /**
   * Whether Consul has answered everything once since the start: before that nothing is programmed.
   */
  readonly inSync: boolean
  readonly view: ViewSnapshot
  /** What DNS is to answer, IPv4 address by name; null before the first plan. */
  readonly names: Readonly<Record<string, string>> | null
  readonly haproxy: ProgrammingSnapshot
  readonly reports: ReportsSnapshot
}

/** ms: how often at most, how often anyway, and how soon after a failure. */
const DNS = { minInterval: 200, maxInterval: 5000, retryInterval: 2000 }
const MEMORY = { minInterval: 200, maxInterval: Number.POSITIVE_INFINITY, retryInterval: 5000 }

/**
 * The program on every node: follow Consul, plan, program HAProxy and DNS, report. Nothing is
 * programmed before Consul has answered everything once: until then, what a predecessor left goes
 * on. Only where HAProxy has no config at all it gets an empty one, to start with.
 */
export class NodeAgent {
  readonly #ports: NodePorts
  readonly #identity: Identity
  readonly #log: Log
  readonly #timing: Timing
  readonly #programming: HaproxyProgramming
  readonly #reports: NodeReports
  readonly #running = new Subscription()
  readonly #work = new InFlight()
  readonly #saving = new OneAtATime()
  readonly #dnsHints = new Subject<unknown>()
  readonly #memoryHints = new Subject<unknown>()
  #memory: Memory = { view: EMPTY_VIEW, zone: null }
  /** The memory as it was last read or saved; null before it was read. */
  #saved: string | null = null
  #plan: NodePlan | null = null

  constructor(
    ports: NodePorts,
    identity: Identity,
    log: Log,
    { scheduler = asyncScheduler, random = Math.random }: NodeOptions = {},
  ) {
    this.#ports = ports
    this.#identity = identity
    this.#log = log
    this.#timing = { scheduler, random }
    this.#programming = new HaproxyProgramming(ports.haproxy, log, this.#timing)
    this.#reports = new NodeReports(ports, log, this.#timing)
  }

  start(): void {
    const dns = () => this.#work.track(() => this.#programDns())
    const save = () => this.#work.track(() => this.#remember())
    const onError = (event: string) => (error: unknown, nextInMs: number) =>
      this.#log.warn({ reason: messageOf(error), nextInMs }, event)
    const dnsOptions = { ...DNS, ...this.#timing, onError: onError('dns could not be programmed') }
    const memoryOptions = { ...MEMORY, ...this.#timing, onError: onError('not remembered') }
    this.#running.add(boundedFrequency(this.#dnsHints, dns, dnsOptions).subscribe())
    this.#running.add(boundedFrequency(this.#memoryHints, save, memoryOptions).subscribe())
    const recalled = defer(() => this.#work.track(() => this.#recall())).pipe(ignoreElements())
    this.#reports.start(this.#programming.states)
    this.#programming.start(
      concat(
        recalled,
        defer(() => this.#plans()),
      ),
    )
    this.#dnsHints.next(null)
  }

  /**
   * Changes nothing in the world, and keeps what is believed for a successor, at once. Resolves
   * once nothing is in flight.
   */
  async stop(): Promise<void> {
    this.#running.unsubscribe()
    const stopped = [this.#programming.stop(), this.#reports.stop()]
    try {
      await this.#remember()
    } catch (error) {
      this.#log.warn({ err: error }, 'not remembered')
    }
    await Promise.all([...stopped, this.#work.settled()])
  }

  snapshot(): NodeSnapshot {
    const { view, zone } = this.#memory
    return {
      self: { ...this.#identity, zone },
      inSync: this.#plan !== null,
      view: snapshotOf(view),
      names: this.#plan?.hosts ?? null,
      haproxy: this.#programming.snapshot(),
      reports: this.#reports.snapshot(),
    }
  }

  async #recall(): Promise<void> {
    const text = await this.#ports.memory.load()
    this.#memory = (text === null ? null : readMemory(text)) ?? this.#memory
    this.#saved = writeMemory(this.#memory)
    const { view, zone } = this.#memory
    this.#log.info({ services: view.policies.size, zone }, 'recalled')
    if (await this.#ports.haproxy.isConfigured()) return
    // It is on disk even where HAProxy isn't there yet to take it.
    await this.#ports.haproxy.programStructure([], []).catch(() => null)
    this.#log.info({}, 'first config written')
  }

  #plans(): Observable<NodePlan> {
    return followView(this.#ports, this.#memory.view, this.#timing.scheduler).pipe(
      tap((view) => this.#believe(view)),
      filter((view) => this.#plan !== null || isComplete(view)),
      map((view) => planNode(view, { ...this.#identity, zone: this.#memory.zone }, this.#plan)),
      tap((plan) => this.#adopt(plan)),
    )
  }

  #believe(view: View): void {
    for (const { event, fields } of changes(this.#memory.view, view)) this.#log.info(fields, event)
    const zone = ownZone(view, this.#identity.node)
    this.#memory = { view, zone: zone === undefined ? this.#memory.zone : zone }
    this.#memoryHints.next(null)
  }

  #adopt(plan: NodePlan): void {
    if (this.#plan === null) this.#log.info({ services: plan.services.size }, 'in sync with Consul')
    const isNews = !sameContent(this.#plan?.hosts, plan.hosts)
    this.#plan = plan
    if (isNews) this.#dnsHints.next(null)
  }

  async #programDns(): Promise<void> {
    const changed = await this.#ports.dns.program(this.#plan?.hosts ?? null)
    if (changed.length > 0) this.#log.info({ changed }, 'dns programmed')
  }

  #remember(): Promise<void> {
    return this.#saving.run(async () => {
      // Before it has recalled, it knows less than its predecessor did.
      if (this.#saved === null) return
      const text = writeMemory(this.#memory)
      if (text !== this.#saved) await this.#ports.memory.save(text)
      this.#saved = text
    })
  }
}
