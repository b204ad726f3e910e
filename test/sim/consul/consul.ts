/**
 * Consul: its servers' catalog and key-value pairs, the agents of all nodes, and blocking queries on both. Catalog entries of
 * a node stay when its agent is lost, and follow the agent when there is a new one.
 */
import type { Endpoint } from '../../../src/model/endpoint.ts'
import { toEndpoints } from '../../../src/consul/endpoint.ts'
import type { Registration, FailingChecks } from '../../../src/model/registration.ts'
import type { VirtualClock } from '../../loop/virtual-clock.ts'
import { watching } from '../../../src/loop/watching.ts'
import type { Watching } from '../../../src/loop/watching.ts'
import type { Log } from '../../../src/lib/log.ts'
import { Questions, SERF } from './questions.ts'
import type { BlockingQuery } from '../../../src/lib/blocking-query.ts'
import type { Random } from '../random.ts'
import type { SimNode } from '../swarm/data.ts'
import { ConsulAgent } from './agent.ts'
import type { Instance } from './agent.ts'
import { checkId } from '../../../src/model/names.ts'

const CHECK_INTERVAL = 1000
export class Consul {
  readonly kv = new Map<string, string>()
  readonly #clock: VirtualClock
  readonly #random: Random
  /** The agents that the catalog knows, by node ID: of a lost one, the last that was there. */
  readonly #catalog = new Map<string, ConsulAgent>()
  readonly #lost = new Set<ConsulAgent>()
  readonly #questions: Questions

  constructor(clock: VirtualClock, random: Random) {
    this.#clock = clock
    this.#random = random
    this.#questions = new Questions(clock, random, (nodeId) => this.agent(nodeId))
  }

  /** A node's agent joins, with what it finds in its data folder. */
  join(
    node: SimNode,
    address: string,
    folder: ReadonlyMap<string, Instance>,
    probe: (registration: Registration) => boolean,
  ): ConsulAgent {
    const agent = new ConsulAgent(node, address, folder, (service) => this.#serviceChanged(service))
    this.#catalog.set(node.id, agent)
    const check = (): void => {
      if (!agent.up) return
      if (!agent.paused) agent.check(probe)
      this.#clock.schedule(check, CHECK_INTERVAL)
    }
    this.#clock.schedule(check, this.#random.between(0, CHECK_INTERVAL))
    this.#allChanged()
    return agent
  }

  agent(nodeId: string): ConsulAgent | null {
    const agent = this.#catalog.get(nodeId)
    return agent?.up === true ? agent : null
  }

  agentAt(address: string): ConsulAgent | null {
    return [...this.#catalog.values()].find((agent) => agent.up && agent.address === address) ?? null
  }

  leave(agent: ConsulAgent): void {
    agent.up = false
    this.#watchOver(agent)
    this.#allChanged()
  }

  /** It runs, but does nothing. Who waits for its answer goes on waiting. */
  pause(agent: ConsulAgent): void {
    agent.paused = true
    this.#watchOver(agent)
  }

  resume(agent: ConsulAgent): void {
    agent.paused = false
    this.#watchOver(agent)
    this.#allChanged()
  }

  #watchOver(agent: ConsulAgent): void {
    this.#clock.schedule(() => {
      const known = this.#catalog.get(agent.node.id) === agent
      const lost = !agent.up || agent.paused
      if (known && lost !== this.#lost.has(agent)) {
        if (lost) this.#lost.add(agent)
        else this.#lost.delete(agent)
        this.#allChanged()
      }
    }, SERF)
  }

  put(key: string, value: string): void {
    this.#requireLeader()
    this.kv.set(key, value)
    this.#questions.changed(`key ${key}`)
  }

  delete(key: string): void {
    this.#requireLeader()
    this.kv.delete(key)
    this.#questions.changed(`key ${key}`)
  }

  read(prefix: string): ReadonlyMap<string, string> {
    this.#requireLeader()
    return new Map([...this.kv].filter(([key]) => key.startsWith(prefix)))
  }

  /** The servers have no leader. */
  fail(): void {
    this.#questions.elects(false)
  }

  recover(): void {
    this.#questions.elects(true)
  }

  /** The server's node loses its power: what it was asked is never answered. */
  losePower(): void {
    this.#questions.losePower()
  }

  /** Another server, which has all that the lost one had. */
  replaceServer(): void {
    this.#questions.replaceServer()
  }

  /** All connections break without a word: what is asked on them is never answered. */
  breakConnections(): void {
    this.#questions.breakConnections()
  }

  /** Whether what is written now is swallowed by a server without power. */
  swallows(): boolean {
    return this.#questions.swallows()
  }

  /** The servers forget everything, and take some time to come up anew. */
  wipe(): void {
    this.kv.clear()
    this.#catalog.clear()
    this.#questions.forget()
    this.fail()
  }

  /** What a program on a node follows, through the node's agent. */
  watching(node: SimNode, log: Log): Watching {
    const timing = { scheduler: this.#clock, random: this.#random.next }
    return watching(log, this.#questions.aliveServers(node), timing)
  }

  keys(prefix: string, through: SimNode): BlockingQuery<ReadonlyMap<string, string>> {
    return this.#questions.query(
      { concerns: (topic) => topic.startsWith(`key ${prefix}`), read: () => this.read(prefix) },
      through,
    )
  }

  failing(through: SimNode): BlockingQuery<FailingChecks> {
    const read = () =>
      new Map(
        [...this.#catalog.values()].flatMap(({ node, instances }) =>
          [...instances].flatMap(([id, { status }]) =>
            status === 'passing' ? [] : [[`${node.hostname}/${checkId(id)}`, FOUND[status]] as const],
          ),
        ),
      )
    return this.#questions.query({ concerns: (topic) => topic === 'checks', read }, through)
  }

  endpoints(service: string, through: SimNode): BlockingQuery<readonly Endpoint[]> {
    const read = () => this.#endpoints(service)
    return this.#questions.query({ concerns: (topic) => topic === `service ${service}`, read }, through)
  }

  #endpoints(service: string): readonly Endpoint[] {
    const entries = [...this.#catalog.values()].flatMap((agent) =>
      [...agent.instances.values()]
        .filter(({ registration }) => registration.service === service)
        .map((instance) => healthEntry(instance, this.#lost.has(agent))),
    )
    return toEndpoints(entries)
  }

  #requireLeader(): void {
    if (!this.#questions.isServing()) throw new Error('500 No cluster leader')
  }

  #serviceChanged(service: string): void {
    this.#questions.changed(`service ${service}`)
    this.#questions.changed('checks')
  }

  #allChanged(): void {
    this.#questions.allChanged()
  }
}

const FOUND = { warning: 'unchecked', critical: 'critical' } as const

/** As `/v1/health/service/<name>` has it. */
function healthEntry({ registration, status, output, maintenance }: Instance, lost: boolean): object {
  const { id, address, port, meta } = registration
  const checks = [
    { CheckID: 'serfHealth', Status: lost ? 'critical' : 'passing', Output: 'serf' },
    { CheckID: checkId(id), Status: status, Output: output },
    ...(maintenance === null
      ? []
      : [{ CheckID: `_service_maintenance:${id}`, Status: 'critical', Output: '' }]),
  ]
  return { Service: { ID: id, Address: address, Port: port, Meta: meta }, Checks: checks }
}
