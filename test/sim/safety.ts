import type { VirtualClock } from '../loop/virtual-clock.ts'
import type { ConsulAgent } from './consul/agent.ts'
import type { Consul } from './consul/consul.ts'
import type { History } from './history.ts'
import type { Specs } from './specs.ts'
import { isWanted, serves } from './swarm/data.ts'
import type { SimNode, SimTask } from './swarm/data.ts'
import type { Swarm } from './swarm/swarm.ts'
import { POLICIES } from '../../src/store/policies.ts'

/** ms within which things are done while all is well. */
export const PROMPT = {
  /** From Swarm's decision that a task stops until it is drained in every HAProxy. */
  drain: 300,
  /** From a good declaration until every HAProxy has it: a change takes no reload, a new backend one of one a second. */
  changedPolicy: 250,
  newPolicy: 1300,
  /** From Swarm's knowledge that a task is dead: a check each second notices, and has the controller look. */
  deadTask: 1300,
  /** From the moment that a node's new Consul agent runs until it holds what it should. */
  newAgent: 500,
} as const

/**
 * What Shoal promises, by the names that a violation gives. `Safety`, `Traffic` and `Promptness` judge them while a history
 * goes on, `play` when it ends.
 */
export const RULES = {
  'serving task removed': 'Nothing that runs, serves and is declared is drained or deregistered.',
  'drain before SIGTERM':
    'In peace, a task is in maintenance in Consul before its container is told to stop.',
  'only the leader writes':
    'Only the controller beside the Swarm leader writes to Consul, with 13 s for one that was it.',
  'declared service withdrawn': 'The policy of a service that is declared stays in force.',
  'wrong version in force': 'The policy in force is the last good version; a bad one changes nothing.',
  'same spec, other policy': 'One spec makes one policy, whoever writes it and when.',
  'request lost':
    'No request fails while a task that has settled serves, nor after 4 s of a task’s own failure.',
  'request in the last moment': 'In peace, a task gets no request in the last 0.5 s before SIGTERM.',
  'drain late': `In peace, a task that is to stop is out of every HAProxy in ${PROMPT.drain} ms while another serves.`,
  'policy late': `In peace, a changed policy is in every HAProxy in ${PROMPT.changedPolicy} ms, a new one in ${PROMPT.newPolicy} ms.`,
  'dead task registered': `In peace, a task that died is drained or deregistered in ${PROMPT.deadTask} ms.`,
  'new agent unused': `In peace, a new Consul agent holds all it should ${PROMPT.newAgent} ms after it runs.`,
  'no rest': 'The Swarm itself comes to rest: a rule for the simulation.',
  'not as declared': 'Once all is at rest, everything is as declared in 20 s, statuses too.',
  'idle world written to': 'Where nothing happens, nothing is written.',
  'idle world looked at': 'Where nothing happens, a controller looks 8 times in half a minute at most.',
  'task left over': 'In the end no HAProxy has a task that is gone.',
} as const

export type Rule = keyof typeof RULES

/** ms after a disturbance until everything must be as if there had been none. */
export const RECOVERY = 20_000
/** ms that a controller may go on after another one leads: what it last observed is good for 10 s, a call takes 2 s. */
const OUTGOING = 13_000

interface Known {
  readonly clock: VirtualClock
  readonly history: History
  readonly swarm: Swarm
  readonly consul: Consul
  readonly specs: Specs
}

/** What must hold at every moment, judged by what is true rather than by what the controller has seen. */
export class Safety {
  /** How often anything was written to Consul, and when last, virtual ms. */
  writes = 0
  lastWrite = 0
  /** How often the controller of each node wrote, by node ID. */
  readonly writesBy = new Map<string, number>()
  readonly #known: Known
  /** When the last spell of trouble began, virtual ms. */
  disturbedFrom = Number.NEGATIVE_INFINITY
  #disturbedUntil = Number.NEGATIVE_INFINITY
  readonly #written = new Map<string, { readonly spec: string; readonly value: string }>()

  constructor(known: Known) {
    this.#known = known
  }

  /** For so many ms from now something is wrong beyond what people and applications do. */
  disturbed(ms: number): void {
    if (this.calm(0)) this.disturbedFrom = this.#now
    this.#disturbedUntil = Math.max(this.#disturbedUntil, this.#now + ms)
  }

  /** Whether all has been well for the last `ms`, and long enough before for nothing to be left of what was not. */
  calm(ms: number): boolean {
    return this.#now - ms - RECOVERY >= this.#disturbedUntil
  }

  /** Consul has lost everything: what is written next is compared with nothing. */
  forgotten(): void {
    this.#written.clear()
  }

  /** A controller is about to change what an agent holds. */
  agentWrite(writer: SimNode, agent: ConsulAgent, what: string, id: string): void {
    this.#known.history.note(`write     ${writer.id} ${what} ${id} at ${agent.node.id}`)
    this.#mayWrite(writer, `${what} ${id}`)
    if (what !== 'drain' && what !== 'deregister') return
    const instance = agent.instances.get(id)
    const task = this.#known.swarm.tasks.get(instance?.registration.meta['shoal-task'] ?? '')
    if (instance === undefined || task === undefined) return
    const key = instance.registration.meta['shoal-service']
    const declared = key === 'shoal-haproxy' || this.#known.specs.isSteady(key)
    if (isWanted(task) && serves(task) && declared) {
      this.#known.history.violate(
        'serving task removed',
        `${what} ${id}: ${task.id} runs, serves and is declared`,
      )
    }
  }

  /** A controller has changed a key. */
  keyWrite(writer: SimNode, key: string, value: string | null): void {
    this.#known.history.note(`write     ${writer.id} ${value === null ? 'delete' : 'put'} ${key}`)
    this.#mayWrite(writer, key)
    if (!key.startsWith(POLICIES.prefix)) return
    const service = key.slice(POLICIES.prefix.length)
    if (value === null || 'deleted' in JSON.parse(value)) this.#mayWithdraw(service)
    else this.#mayDeclare(service, value)
  }

  /** A node agent has written a report. */
  reported(key: string): void {
    this.#known.history.note(`write     report ${key}`)
    this.#wrote()
  }

  #wrote(): void {
    this.writes += 1
    this.lastWrite = this.#now
  }

  /** A task is about to get SIGTERM. */
  signalled(task: SimTask): void {
    const { consul, history } = this.#known
    history.note(`swarm     SIGTERM to ${task.id} of ${task.service.name} on ${task.nodeId}`)
    const agent = consul.agent(task.nodeId)
    if (agent === null || !this.calm(this.#now - (task.stoppedAt ?? this.#now))) return
    for (const [id, { registration, maintenance }] of agent.instances) {
      if (registration.meta['shoal-task'] === task.id && maintenance === null) {
        history.violate('drain before SIGTERM', `${id} is not in maintenance`)
      }
    }
  }

  /** Only the controller beside the leader writes, but for one that does not know yet that it no longer is. */
  #mayWrite(writer: SimNode, what: string): void {
    this.#wrote()
    this.writesBy.set(writer.id, (this.writesBy.get(writer.id) ?? 0) + 1)
    const { swarm, history } = this.#known
    if (swarm.leader === writer.id) return
    const since = this.#now - (swarm.led.get(writer.id) ?? Number.NEGATIVE_INFINITY)
    if (since > OUTGOING) history.violate('only the leader writes', `${writer.id} wrote ${what}`)
  }

  #mayWithdraw(service: string): void {
    const { specs, history } = this.#known
    if (specs.all.has(service) && specs.isSteady(service)) {
      history.violate('declared service withdrawn', `${service} is declared`)
    }
  }

  /** What is in force is a good version, and a bad one changes nothing of it. */
  #mayDeclare(service: string, value: string): void {
    const { specs, history } = this.#known
    const { spec } = JSON.parse(value)
    // It only has node agents keep what they have.
    if (spec === undefined) return
    const version = spec.drain / 1000
    const recent = specs.recent(service)
    if (!recent.some(({ good }) => good === version)) {
      history.violate(
        'wrong version in force',
        `${service}: version ${version}, declared ${JSON.stringify(recent)}`,
      )
    }
    const before = this.#written.get(service)
    const changed = before !== undefined && before.spec === JSON.stringify(spec) && before.value !== value
    if (changed) history.violate('same spec, other policy', `${service}: ${value}; before: ${before.value}`)
    this.#written.set(service, { spec: JSON.stringify(spec), value })
  }

  get #now(): number {
    return this.#known.clock.now()
  }
}
