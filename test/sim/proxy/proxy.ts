import { NodeAgent } from '../../../src/node/node-agent.ts'
import { nodePorts } from '../../../src/node/ports.ts'
import type { ConsulPort, NodeAdapters } from '../../../src/node/ports.ts'
import type { VirtualClock } from '../../loop/virtual-clock.ts'
import type { Consul } from '../consul/consul.ts'
import type { History } from '../history.ts'
import type { Network } from '../network.ts'
import type { Random } from '../random.ts'
import type { SimNode } from '../swarm/data.ts'
import { Haproxy } from './haproxy.ts'
import type { Log } from '../../../src/lib/log.ts'

export interface ProxyWorld {
  readonly clock: VirtualClock
  readonly random: Random
  readonly history: History
  readonly consul: Consul
  readonly network: Network
  /** Told of each key that a node agent writes. */
  readonly wrote: (key: string) => void
}

/** ms, as the adapter has it. */
const SOCKET_DEADLINE = 5000

/** One node's node agent, a process that runs the real loop, and the HAProxy that it programs. */
export class Proxy {
  readonly node: SimNode
  readonly haproxy = new Haproxy()
  readonly #world: ProxyWorld
  /** What the agent remembers on the node's disk. */
  #memory: string | null = null
  #process: { alive: boolean; readonly agent: NodeAgent } | null = null

  constructor(node: SimNode, world: ProxyWorld) {
    this.node = node
    this.#world = world
  }

  start(): void {
    if (this.#process !== null || !this.node.up) return
    const life = { alive: true }
    const process = Object.assign(life, { agent: this.#run(() => life.alive) })
    this.#process = process
  }

  crash(): void {
    if (this.#process === null) return
    this.#process.alive = false
    // Of a dead process no call is ever answered, so this never ends.
    void this.#process.agent.stop()
    this.#process = null
  }

  #run(isAlive: () => boolean): NodeAgent {
    const { clock, random } = this.#world
    const { node } = this
    const identity = { node: node.id, nodeName: node.hostname }
    const ports = nodePorts(node.hostname, this.#adapters(isAlive))
    const agent = new NodeAgent(ports, identity, this.#log(), { scheduler: clock, random: random.next })
    agent.start()
    return agent
  }

  #log(): Log {
    const { history } = this.#world
    const tell = (fields: object, event: string) =>
      history.note(`proxy-${this.node.id}  ${event} ${JSON.stringify(fields)}`)
    return { info: tell, warn: tell, error: tell }
  }

  #adapters(isAlive: () => boolean): NodeAdapters {
    const { haproxy } = this
    const living = <T>(call: () => Promise<T>): Promise<T> =>
      isAlive() ? call() : new Promise<never>(() => {})
    return {
      consul: this.#consul(living),
      haproxy: {
        isConfigured: () => living(() => haproxy.isConfigured()),
        programBackend: (backend) => living(() => this.#atSocket(() => haproxy.programBackend(backend))),
        programStructure: (listeners, backends) =>
          living(() => this.#atSocket(() => haproxy.programStructure(listeners, backends))),
      },
      dns: { program: () => Promise.resolve([]) },
      memory: {
        load: () => Promise.resolve(this.#memory),
        save: (text) =>
          living(async () => {
            this.#memory = text
          }),
      },
    }
  }

  /** A command that is not answered is given up in the end. */
  async #atSocket<T>(command: () => Promise<T>): Promise<T> {
    if (!this.haproxy.hangs) return await command()
    await this.#world.clock.sleep(SOCKET_DEADLINE)
    throw new Error('no answer in 5 s')
  }

  #consul(living: <T>(call: () => Promise<T>) => Promise<T>): ConsulPort {
    const { consul, network, wrote } = this.#world
    const { node } = this
    const { watch, silent } = consul.watching(node, this.#log())
    const keyed = (key: string, call: () => void) =>
      living(() =>
        consul.swallows()
          ? network.silence()
          : network.carry(() => {
              if (consul.agent(node.id)?.paused !== false) throw new Error('connection refused')
              call()
              wrote(key)
            }),
      )
    return {
      keys: (prefix) => watch(prefix, consul.keys(prefix, node)),
      endpoints: (service) => watch(service, consul.endpoints(service, node)),
      silent,
      put: (key, value) => keyed(key, () => consul.put(key, value)),
      delete: (key) => keyed(key, () => consul.delete(key)),
    }
  }
}
