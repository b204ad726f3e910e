/**
 * The simulated world: a Swarm, a Consul, HAProxies and people in one process on virtual time, around the real controller and the real
 * node agents. Everything that happens in it follows from its seed.
 */
import { deployment } from '../controller/plan/world.ts'
import { VirtualClock } from '../loop/virtual-clock.ts'
import { Authors } from './authors.ts'
import { Consul } from './consul/consul.ts'
import { Containers } from './containers.ts'
import { ControllerProcess } from './controllers.ts'
import { History } from './history.ts'
import { Network } from './network.ts'
import { People } from './people.ts'
import { Promptness } from './promptness.ts'
import { Proxy } from './proxy/proxy.ts'
import { Traffic } from './proxy/traffic.ts'
import { Random } from './random.ts'
import { Safety } from './safety.ts'
import { Specs } from './specs.ts'
import type { SimNode } from './swarm/data.ts'
import { Engine } from './swarm/engine.ts'
import { Swarm } from './swarm/swarm.ts'

/** ms between requests through all proxies. */
const REQUESTS = 250

/** ms until an adapter gives up: Docker's, and Consul's for a registration. */
const DOCKER_DEADLINE = 10_000
const CONSUL_DEADLINE = 2000

const NODES = [
  { id: 'n1', hostname: 'node-1', zone: 'a' },
  { id: 'n2', hostname: 'node-2', zone: 'a' },
  { id: 'n3', hostname: 'node-3', zone: 'b' },
]

export class World {
  readonly clock = new VirtualClock()
  readonly history = new History(this.clock)
  readonly specs = new Specs(this.clock, (declared) => this.promptness.declared(declared))
  readonly random: Random
  readonly forgetful: boolean
  readonly swarm: Swarm
  readonly consul: Consul
  readonly safety: Safety
  readonly promptness: Promptness
  readonly dockerNetwork: Network
  readonly consulNetwork: Network
  readonly engines: readonly Engine[]
  readonly controllers: readonly ControllerProcess[]
  readonly proxies: readonly Proxy[]
  readonly containers: Containers
  readonly authors: Authors
  readonly people: People
  readonly traffic: Traffic

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
      started: (task) => {
        this.containers.started(task)
        if (task.service.name === deployment.consulAgent) this.promptness.agentListens(task)
      },
      decided: (task) => this.promptness.decided(task),
      ended: (task) => {
        this.containers.ended(task)
        this.engines.find(({ node }) => node.id === task.nodeId)?.died(task)
      },
      signalled: (task) => {
        this.safety.signalled(task)
        this.traffic.signalled(task)
      },
    })
    const { swarm } = this
    this.consul = new Consul(clock, random)
    const { consul } = this
    this.dockerNetwork = new Network(clock, random, DOCKER_DEADLINE)
    this.consulNetwork = new Network(clock, random, CONSUL_DEADLINE)
    this.safety = new Safety({ clock, history, swarm, consul, specs })
    const { safety, consulNetwork: network } = this
    this.engines = nodes.map(
      (node) => new Engine(node, { swarm, clock, random, network: this.dockerNetwork }),
    )
    this.controllers = this.engines.map(
      (engine) => new ControllerProcess(engine, { clock, random, history, consul, network, safety }),
    )
    const wrote = (key: string) => safety.reported(key)
    this.proxies = nodes.map((node) => new Proxy(node, { clock, random, history, consul, network, wrote }))
    const known = { clock, history, swarm, consul, specs, safety, proxies: this.proxies }
    this.promptness = new Promptness(known)
    this.traffic = new Traffic({ clock, random, history, swarm, specs, safety, proxies: this.proxies })
    const failed = (service: string) => this.traffic.failed(service)
    const haproxy = (node: SimNode) => this.#proxyOn(node).haproxy
    this.containers = new Containers({ swarm, consul, haproxy, failed })
    this.authors = new Authors({ swarm, consul, specs, random })
    const { authors } = this
    this.people = new People({ swarm, consul, specs, random, authors, history, failed, forgetful })
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
    for (let rest = ms; rest > 0 && this.history.violation === null; rest -= 250) {
      await this.clock.advance(Math.min(250, rest))
    }
  }

  /** Its servers and agents are removed and started anew. */
  wipeConsul(): void {
    for (const { id } of this.swarm.nodes) this.containers.restartAgent(id, false)
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

  #proxyOn(node: SimNode): Proxy {
    const proxy = this.proxies.find((each) => each.node === node)
    if (proxy === undefined) throw new Error(`no proxy on ${node.id}`)
    return proxy
  }

  #processesOn(node: SimNode): (ControllerProcess | Proxy)[] {
    return [
      ...this.controllers.filter(({ engine }) => engine.node === node),
      ...this.proxies.filter((proxy) => proxy.node === node),
    ]
  }
}
