import { identicalItems } from '../lib/same.ts'
import type { Log } from '../lib/log.ts'
import { done } from '../loop/outcome.ts'
import type { Outcome } from '../loop/outcome.ts'
import type { ClusterSnapshot } from '../model/cluster.ts'
import { instanceOfRegistration, registrationOfCheck } from '../model/names.ts'
import type { Policy } from '../model/policy.ts'
import type { ServiceKey } from '../model/service.ts'
import type { ServiceStatus } from '../model/status.ts'
import { dumpOfLead } from './dump.ts'
import type { LeadDump } from './dump.ts'
import { EventRecorder } from './event-recorder.ts'
import type { Look } from './looks.ts'
import { instancesById } from './plan/lookup.ts'
import { movingWorkloads } from './plan/moving.ts'
import type { ControllerPorts } from './ports.ts'
import { accept, goneInstances, isSettled, owesSecondLook } from './state.ts'
import type { Acceptance, ControllerSettings, ControllerState } from './state.ts'
import { statuses, writeStatuses } from './statuses.ts'
import type { FollowedFacts } from './statuses.ts'
import type { WorkItem } from './work-item.ts'
import { withoutConsulAgent, workPolicies } from './work.ts'
import { ConsulAgents } from './consul-agents.ts'
import { POLICIES, decodePoliciesInForce } from '../store/policies.ts'
import { STATUSES } from '../store/statuses.ts'

/** What a lead acts with. */
export interface LeadContext {
  readonly ports: Pick<ControllerPorts, 'consulAgent' | 'kv'>
  readonly settings: ControllerSettings
  readonly log: Log
  /** ms since the epoch */
  readonly now: () => number
  readonly facts: () => FollowedFacts
  /** Has this carried out soon. */
  readonly enqueue: (item: WorkItem) => void
}

/**
 * All that only the controller beside the cluster's leader has. It is made whole by taking over,
 * and dropped whole when another node leads: of one lead nothing is left in the next.
 */
export class Lead {
  readonly #context: LeadContext
  readonly #since: number
  /** The policies that the controller before this one left. */
  readonly #inherited: ReadonlyMap<ServiceKey, Policy>
  readonly #consulAgents: ConsulAgents
  readonly #written: Map<ServiceKey, ServiceStatus>
  readonly #events: EventRecorder
  #state: ControllerState | null = null
  #refusal: LeadDump['refusal'] = null
  #heldSince: number | null = null
  #statusesInDoubt = false
  #isOver = false

  private constructor(
    context: LeadContext,
    policies: ReadonlyMap<ServiceKey, Policy>,
    written: Map<ServiceKey, ServiceStatus>,
  ) {
    this.#context = context
    this.#since = context.now()
    this.#inherited = policies
    this.#written = written
    this.#events = new EventRecorder(context.ports.kv, context.log)
    this.#consulAgents = new ConsulAgents(context.ports, context.settings.deployment, context.log)
  }

  /** Reads all that the controller before this one left. Rejects where Consul can't be read. */
  static async takeOver(context: LeadContext, snapshot: ClusterSnapshot): Promise<Lead> {
    const { kv } = context.ports
    const policies = decodePoliciesInForce(await kv.read(POLICIES.prefix))
    const written = new Map(STATUSES.decode(await kv.read(STATUSES.prefix)).entries)
    const lead = new Lead(context, policies, written)
    await lead.#consulAgents.askAll(snapshot)
    return lead
  }

  /** Another node leads: what is under way changes nothing any more. */
  end(): void {
    this.#isOver = true
  }

  /** The observation that is acted on; null before the first. */
  get snapshot(): ClusterSnapshot | null {
    return this.#state?.snapshot ?? null
  }

  /**
   * Takes an observation in. Returns what is to be looked at again before long: workloads by ID,
   * and null for everything.
   */
  async observe(look: Look): Promise<readonly (string | null)[]> {
    const { snapshot } = look
    if (this.#state?.snapshot === snapshot && isSettled(this.#state) && this.#heldSince === null) {
      return movingWorkloads(snapshot)
    }
    let acceptance = this.#judge(look)
    if (acceptance.kind === 'held') {
      // Consul agents may have lost what they held, and be found at new addresses in this very
      // observation.
      await this.#consulAgents.askAll(snapshot)
      acceptance = this.#judge(look)
    }
    this.#noteRefusal(acceptance)
    switch (acceptance.kind) {
      case 'accepted':
        return this.#adopt(acceptance.state)
      case 'incoherent':
        return [null]
      case 'held':
        return []
    }
  }

  #judge({ snapshot, isComplete }: Look): Acceptance {
    const { settings, now, facts } = this.#context
    const { failing } = facts()
    const heldFor = this.#heldSince === null ? 0 : now() - this.#heldSince
    const known = this.#state?.known ?? this.#inherited
    const beside = { registered: this.#consulAgents.registered, failing, heldFor, now: now(), isComplete }
    return accept(this.#state, { snapshot, known, ...beside }, settings)
  }

  #noteRefusal(acceptance: Acceptance): void {
    const { log, now } = this.#context
    this.#heldSince = acceptance.kind === 'held' ? (this.#heldSince ?? now()) : null
    const refusal = acceptance.kind === 'accepted' ? null : acceptance.kind
    if (refusal !== null && refusal !== this.#refusal) log.error(acceptance, 'observation refused')
    this.#refusal = refusal
  }

  #adopt(state: ControllerState): readonly (string | null)[] {
    const before = this.#state
    const known = before?.known ?? this.#inherited
    this.#state = state
    this.#events.learn([...known.values(), ...state.known.values()])
    if (state.mostAbsentSince !== null && (before?.mostAbsentSince ?? null) === null) {
      const counts = { missing: state.plan.absent.size, inForce: known.size }
      this.#context.log.error(counts, 'most specs are gone: doubted for a while')
    }
    this.#enqueueChanged(before, state)
    const moving = movingWorkloads(state.snapshot)
    return owesSecondLook(state) ? [...moving, null] : moving
  }

  /** Enqueues the work that follows from a new state. */
  #enqueueChanged(before: ControllerState | null, now: ControllerState): void {
    const { enqueue } = this.#context
    const areSomeGone = goneInstances(now).size > 0
    for (const [node, registrations] of now.plan.registrations) {
      const isSame = before?.plan.registrations.get(node) === registrations
      const isSameAgent = before !== null && this.#consulAgents.isSame(before.snapshot, now.snapshot, node)
      if (!isSame || !isSameAgent || areSomeGone) enqueue({ kind: 'consul-agent', node })
    }
    const policies = [...(before?.plan.policies.values() ?? [])]
    if (!identicalItems(policies, [...now.plan.policies.values()])) enqueue({ kind: 'policies' })
    enqueue({ kind: 'statuses' })
  }

  /** All that is compared with the world again from time to time. */
  everyItem(): readonly WorkItem[] {
    if (this.#state === null) return []
    const nodes = [...this.#state.plan.registrations.keys()]
    const agents = nodes.map((node): WorkItem => ({ kind: 'consul-agent', node }))
    return [...agents, { kind: 'policies' }, { kind: 'statuses' }]
  }

  /** Has the statuses that were written compared with those in Consul before the next is written. */
  doubtStatuses(): void {
    this.#statusesInDoubt = true
  }

  /** ID of the workload whose instance a check is about; null if none is known. */
  workloadOf(check: string): string | null {
    if (this.#state === null) return null
    const instance = instanceOfRegistration(registrationOfCheck(check))
    return instancesById(this.#state.snapshot).get(instance)?.workloadId ?? null
  }

  /** Carries out one item by the newest state. */
  async work(item: WorkItem): Promise<Outcome> {
    const state = this.#state
    if (state === null || this.#isOver) return done
    const { ports, log, now } = this.#context
    switch (item.kind) {
      case 'policies':
        return await workPolicies(ports.kv, state, now(), {
          log,
          onDone: (entry) => this.#events.notePolicy(entry),
        })
      case 'statuses':
        return await this.#writeStatuses(state)
      case 'events':
        return await this.#events.write(now())
      case 'consul-agent':
        return await this.#workConsulAgent(item.node, state)
    }
  }

  async #writeStatuses(state: ControllerState): Promise<Outcome> {
    const { ports, settings, now, facts, enqueue } = this.#context
    const before = new Map(this.#written)
    const known = {
      ...facts(),
      registered: this.#consulAgents.registered,
      previous: this.#written,
      now: now(),
    }
    const wanted = statuses(state, known, settings)
    try {
      const actual = this.#statusesInDoubt ? await ports.kv.read(STATUSES.prefix) : null
      await writeStatuses(ports.kv, this.#written, wanted, actual)
      this.#statusesInDoubt = false
    } finally {
      this.#events.noteStatuses(before, this.#written)
      if (this.#events.isDue(now())) enqueue({ kind: 'events' })
    }
    return done
  }

  async #workConsulAgent(node: string, { snapshot }: ControllerState): Promise<Outcome> {
    const agent = this.#consulAgents.at(snapshot, node)
    if (agent === null) return withoutConsulAgent(snapshot, node)
    const hostname = snapshot.nodes.find(({ id }) => id === node)?.hostname ?? node
    const newest = () => (this.#isOver ? null : this.#state)
    const isNews = await this.#consulAgents.work(node, agent, newest, (step) =>
      this.#events.noteStep(step, hostname),
    )
    if (isNews) this.#context.enqueue({ kind: 'statuses' })
    return done
  }

  dump(): LeadDump {
    return dumpOfLead({
      since: this.#since,
      refusal: this.#refusal,
      heldSince: this.#heldSince,
      state: this.#state,
      policies: this.#state?.known ?? this.#inherited,
      registered: this.#consulAgents.registered,
      written: this.#written,
      statusesInDoubt: this.#statusesInDoubt,
    })
  }
}
