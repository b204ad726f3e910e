/**
 * The simulated world: a Swarm, a Consul, HAProxies and people in one process on virtual time, around the real controller and the real
 * proxy agents. Everything that happens in it follows from its seed.
 */
import { KV_SERVICES } from '../../src/model/names.ts'
import type { Registration } from '../../src/model/registration.ts'
import { deployment } from '../plan/world.ts'
import { VirtualClock } from '../reconcile/virtual-clock.ts'
import type { Instance } from './consul/agent.ts'
import { Consul } from './consul/consul.ts'
import { Controller } from './controllers.ts'
import { History } from './history.ts'
import { Network } from './network.ts'
import { People } from './people.ts'
import { Proxy } from './proxy/proxy.ts'
import { Traffic } from './proxy/traffic.ts'
import { Random } from './random.ts'
import { Safety } from './safety.ts'
import { Specs } from './specs.ts'
import { serves } from './swarm/data.ts'
import type { SimNode, SimTask } from './swarm/data.ts'
import { Engine } from './swarm/engine.ts'
import { Swarm } from './swarm/swarm.ts'

/** ms between requests through all proxies. */
const REQUESTS = 250

const NODES = [
  { id: 'n1', hostname: 'node-1', zone: 'a' },
  { id: 'n2', hostname: 'node-2', zone: 'a' },
  { id: 'n3', hostname: 'node-3', zone: 'b' },
]

export class World {
  readonly clock = new VirtualClock()
  readonly history = new History(this.clock)
  readonly specs = new Specs(this.clock)
  readonly random: Random
  readonly forgetful: boolean
  readonly swarm: Swarm
  readonly consul: Consul
  readonly safety: Safety
  readonly dockerNetwork: Network
  readonly consulNetwork: Network
  readonly engines: readonly Engine[]
  readonly controllers: readonly Controller[]
  readonly proxies: readonly Proxy[]
  readonly people: People
  readonly traffic: Traffic
  /** The Consul agents' data folders, by node ID. */
  readonly #folders = new Map<string, ReadonlyMap<string, Instance>>()

  /** `forgetful`: Consul may lose everything, and nobody relies on what it alone remembers. */
  constructor(seed: number, forgetful = true) {
    this.forgetful = forgetful
    const { clock, history, specs } = this
    const random = new Random(seed)
    this.random = random
    const nodes = NODES.map((node): SimNode => ({
      id: node.id,
      hostname: node.hostname,
      zone: node.zone,
      status: 'ready',
      up: true,
    }))
    this.swarm = new Swarm(clock, random, nodes, {
      started: (task) => this.#started(task),
      ended: (task) => this.#ended(task),
      signalled: (task) => this.safety.signalled(task),
    })
    const { swarm } = this
    this.consul = new Consul(clock, random)
    const { consul } = this
    this.dockerNetwork = new Network(clock, random)
    this.consulNetwork = new Network(clock, random)
    this.safety = new Safety({ clock, history, swarm, consul, specs })
    const { safety, consulNetwork: network } = this
    this.engines = nodes.map((node) => new Engine(node, swarm, clock, random, this.dockerNetwork))
    this.controllers = this.engines.map(
      (engine) => new Controller(engine, { clock, random, history, consul, network, safety }),
    )
    const wrote = (key: string) => safety.reported(key)
    this.proxies = nodes.map((node) => new Proxy(node, { clock, random, history, consul, network, wrote }))
    this.traffic = new Traffic({ clock, random, history, swarm, specs, safety, proxies: this.proxies })
    const inForce = (key: string) => this.#inForce(key)
    this.people = new People({
      swarm,
      specs,
      random,
      history,
      inForce,
      failed: (service) => this.traffic.failed(service),
      forgetful,
    })
  }

  /** As `docker stack deploy` brings it up; then requests come, for ever. */
  start(): void {
    this.swarm.create(deployment.consulAgent)
    this.swarm.create(deployment.haproxy)
    for (const process of [...this.controllers, ...this.proxies]) process.start()
    const request = (): void => {
      this.traffic.request()
      this.clock.schedule(request, REQUESTS)
    }
    this.clock.schedule(request, REQUESTS)
  }

  /** Lets time pass; ends early when something happened that must not. */
  async pass(ms: number): Promise<void> {
    for (let rest = ms; rest > 0 && this.history.violation === null; rest -= 250)
      await this.clock.advance(Math.min(250, rest))
  }

  restartAgent(nodeId: string, remembers: boolean): void {
    const task = this.#taskOn(nodeId, deployment.consulAgent)
    if (task === undefined) return
    this.swarm.crash(task)
    if (!remembers) this.#folders.delete(nodeId)
  }

  /** Its servers and agents are removed and started anew. */
  wipeConsul(): void {
    for (const { id } of this.swarm.nodes) this.restartAgent(id, false)
    this.consul.wipe()
    this.safety.forgotten()
  }

  nodeDown(node: SimNode): void {
    this.swarm.nodeDown(node)
    for (const process of this.#processesOn(node)) process.crash()
  }

  nodeUp(node: SimNode): void {
    this.swarm.nodeUp(node)
    this.traffic.rebooted(node)
    const delay = this.random.between(1000, 6000)
    this.clock.schedule(() => {
      for (const process of this.#processesOn(node)) process.start()
    }, delay)
  }

  #processesOn(node: SimNode): (Controller | Proxy)[] {
    return [
      ...this.controllers.filter(({ engine }) => engine.node === node),
      ...this.proxies.filter((proxy) => proxy.node === node),
    ]
  }

  #started(task: SimTask): void {
    const node = this.swarm.node(task.nodeId)
    if (node === null) return
    if (task.service.name === deployment.haproxy) this.#haproxy(node).start(task.id)
    if (task.service.name !== deployment.consulAgent) return
    const address = task.addresses[deployment.control] ?? ''
    this.consul.join(node, address, this.#folders.get(node.id) ?? new Map(), (each) => this.#probe(each))
  }

  #ended(task: SimTask): void {
    const node = this.swarm.node(task.nodeId)
    if (node === null) return
    if (task.service.name === deployment.haproxy) this.#haproxy(node).stop(task.id)
    else if (task.service.name === deployment.consulAgent) this.#agentEnded(task, node)
    else if (task.container?.signalled === false) this.traffic.failed(task.service.name)
  }

  #agentEnded(task: SimTask, node: SimNode): void {
    const agent = this.consul.agentAt(task.addresses[deployment.control] ?? '')
    if (agent === null) return
    this.#folders.set(node.id, agent.instances)
    this.consul.leave(agent)
  }

  #haproxy(node: SimNode) {
    const proxy = this.proxies.find((each) => each.node === node)
    if (proxy === undefined) throw new Error(`no proxy on ${node.id}`)
    return proxy.haproxy
  }

  /** What a check finds at its target. */
  #probe({ address, check }: Registration): boolean {
    const task = [...this.swarm.tasks.values()].find(
      ({ addresses }) => addresses[deployment.mesh] === address,
    )
    if (task === undefined) return false
    return check.http === null ? task.container?.listening === true : serves(task)
  }

  #taskOn(nodeId: string, service: string): SimTask | undefined {
    return [...this.swarm.tasks.values()].find(
      (task) => task.nodeId === nodeId && task.service.name === service && task.container?.exited === false,
    )
  }

  #inForce(key: string): number | null {
    const text = this.consul.kv.get(KV_SERVICES + key)
    const drain = text === undefined ? undefined : JSON.parse(text).spec?.drain
    return typeof drain === 'number' ? drain / 1000 : null
  }
}
