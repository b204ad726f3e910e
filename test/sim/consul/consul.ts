/**
 * Consul: its servers' catalog and key-value pairs, the agents of all nodes, and blocking queries on both. Catalog entries of
 * a node stay when its agent is lost, and follow the agent when there is a new one.
 */
import { defer, distinctUntilChanged, filter, map, merge, mergeMap, of, Subject, timer } from 'rxjs'
import type { Observable } from 'rxjs'
import type { Endpoint } from '../../../src/model/endpoint.ts'
import { toEndpoints } from '../../../src/consul/endpoint.ts'
import type { Registration, FailingChecks } from '../../../src/model/registration.ts'
import type { VirtualClock } from '../../loop/virtual-clock.ts'
import type { Random } from '../random.ts'
import type { SimNode } from '../swarm/data.ts'
import { ConsulAgent } from './agent.ts'
import type { Instance } from './agent.ts'
import { checkId } from '../../../src/model/names.ts'

const CHECK_INTERVAL = 1000
/** ms of silence after which the servers take an agent for lost. */
const SERF = 4000

/** What a blocking query can be about: a Consul service by name, all checks, or keys under a prefix. */
type Topic = `service ${string}` | 'checks' | `key ${string}`

export class Consul {
  readonly kv = new Map<string, string>()
  readonly #clock: VirtualClock
  readonly #random: Random
  /** The agents that the catalog knows, by node ID: of a lost one, the last that was there. */
  readonly #catalog = new Map<string, ConsulAgent>()
  readonly #lost = new Set<ConsulAgent>()
  readonly #news = new Subject<Topic | null>()
  /** False while the servers elect a leader: no keys, no news. */
  #serving = true

  constructor(clock: VirtualClock, random: Random) {
    this.#clock = clock
    this.#random = random
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
    this.#news.next(`key ${key}`)
  }

  delete(key: string): void {
    this.#requireLeader()
    this.kv.delete(key)
    this.#news.next(`key ${key}`)
  }

  read(prefix: string): ReadonlyMap<string, string> {
    this.#requireLeader()
    return new Map([...this.kv].filter(([key]) => key.startsWith(prefix)))
  }

  /** The servers have no leader. */
  fail(): void {
    this.#serving = false
    this.#allChanged()
  }

  recover(): void {
    this.#serving = true
    this.#allChanged()
  }

  /** The servers forget everything, and take some time to come up anew. */
  wipe(): void {
    this.kv.clear()
    this.#catalog.clear()
    this.fail()
  }

  keys(prefix: string, through: SimNode): Observable<ReadonlyMap<string, string>> {
    const concerns = (topic: Topic) => topic.startsWith(`key ${prefix}`)
    return this.#follow(concerns, () => this.read(prefix), through)
  }

  /** Checks that do not pass, as `<Consul node>/<check ID>`. */
  failing(through: SimNode): Observable<FailingChecks> {
    const read = () =>
      new Map(
        [...this.#catalog.values()].flatMap(({ node, instances }) =>
          [...instances].flatMap(([id, { status }]) =>
            status === 'passing' ? [] : [[`${node.hostname}/${checkId(id)}`, FOUND[status]] as const],
          ),
        ),
      )
    return this.#follow((topic) => topic === 'checks', read, through)
  }

  endpoints(service: string, through: SimNode): Observable<readonly Endpoint[]> {
    const concerns = (topic: Topic) => topic === `service ${service}`
    return this.#follow(concerns, () => this.#endpoints(service), through)
  }

  #endpoints(service: string): readonly Endpoint[] {
    const entries = [...this.#catalog.values()].flatMap((agent) =>
      [...agent.instances.values()]
        .filter(({ registration }) => registration.service === service)
        .map((instance) => healthEntry(instance, this.#lost.has(agent))),
    )
    return toEndpoints(entries)
  }

  /** A blocking query through a node's agent, again and again: silent while that or the servers are, then answered at once. */
  #follow<T>(concerns: (topic: Topic) => boolean, read: () => T, through: SimNode): Observable<T> {
    return defer(() => {
      const news = this.#news.pipe(filter((topic) => topic === null || concerns(topic)))
      const answers = merge(of(null), news).pipe(
        mergeMap(() => timer(this.#random.between(1, 4), this.#clock)),
        filter(() => this.#answers(through) && this.agent(through.id)?.paused === false),
        map(read),
      )
      return answers
    })
  }

  /** Whether queries through a node's agent fail. */
  silent(through: SimNode): Observable<boolean> {
    return defer(() =>
      merge(of(null), this.#news.pipe(filter((topic) => topic === null))).pipe(
        map(() => !this.#answers(through)),
        distinctUntilChanged(),
      ),
    )
  }

  #answers(through: SimNode): boolean {
    return this.#serving && this.agent(through.id) !== null
  }

  #requireLeader(): void {
    if (!this.#serving) throw new Error('500 No cluster leader')
  }

  #serviceChanged(service: string): void {
    this.#news.next(`service ${service}`)
    this.#news.next('checks')
  }

  #allChanged(): void {
    this.#news.next(null)
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
