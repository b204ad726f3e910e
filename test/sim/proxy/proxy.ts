import { combineLatest, map } from 'rxjs'
import type { Unsubscribable } from 'rxjs'
import { KV_SERVICES } from '../../../src/model/names.ts'
import type { NodePorts } from '../../../src/node/ports.ts'
import { reportPrefixes } from '../../../src/node/reports.ts'
import { runProxy } from '../../../src/node/node.ts'
import type { VirtualClock } from '../../loop/virtual-clock.ts'
import type { Consul } from '../consul/consul.ts'
import type { History } from '../history.ts'
import type { Network } from '../network.ts'
import type { Random } from '../random.ts'
import type { SimNode } from '../swarm/data.ts'
import { Haproxy } from './haproxy.ts'

export interface ProxyWorld {
  readonly clock: VirtualClock
  readonly random: Random
  readonly history: History
  readonly consul: Consul
  readonly network: Network
  /** Told of each key that a node agent writes. */
  readonly wrote: (key: string) => void
}

/** One node's node agent, a process that runs the real loop, and the HAProxy that it programs. */
export class Proxy {
  readonly node: SimNode
  readonly haproxy = new Haproxy()
  readonly #world: ProxyWorld
  /** What the agent remembers on the node's disk. */
  #memory: string | null = null
  #process: { alive: boolean; readonly loop: Unsubscribable } | null = null

  constructor(node: SimNode, world: ProxyWorld) {
    this.node = node
    this.#world = world
  }

  start(): void {
    if (this.#process !== null || !this.node.up) return
    const life = { alive: true }
    const process = Object.assign(life, { loop: this.#run(() => life.alive) })
    this.#process = process
  }

  crash(): void {
    if (this.#process === null) return
    this.#process.alive = false
    this.#process.loop.unsubscribe()
    this.#process = null
  }

  #run(isAlive: () => boolean): Unsubscribable {
    const { clock, random, consul, history, network, wrote } = this.#world
    const { node, haproxy } = this
    const living = <T>(call: () => Promise<T>): Promise<T> =>
      isAlive() ? call() : new Promise<never>(() => {})
    const keyed = (key: string, call: () => void) =>
      living(() =>
        network.carry(() => {
          if (consul.agent(node.id)?.paused !== false) throw new Error('connection refused')
          call()
          wrote(key)
        }),
      )
    const ports: NodePorts = {
      policies: consul.keys(KV_SERVICES, node),
      endpoints: (service) => consul.endpoints(service, node),
      silent: consul.silent(node),
      reports: combineLatest(reportPrefixes(node.hostname).map((prefix) => consul.keys(prefix, node))).pipe(
        map((entries) => new Map(entries.flatMap((each) => [...each]))),
      ),
      kv: {
        put: (key, value) => keyed(key, () => consul.put(key, value)),
        delete: (key) => keyed(key, () => consul.delete(key)),
      },
      haproxy: {
        isConfigured: () => living(() => haproxy.isConfigured()),
        programBackend: (backend) => living(() => haproxy.programBackend(backend)),
        programStructure: (frontends, backends) =>
          living(() => haproxy.programStructure(frontends, backends)),
      },
      dns: { program: () => Promise.resolve([]) },
      memory: {
        load: () => Promise.resolve(this.#memory),
        save: (text) => {
          this.#memory = text
          return Promise.resolve()
        },
      },
    }
    const tell = (fields: object, event: string) =>
      history.note(`proxy-${node.id}  ${event} ${JSON.stringify(fields)}`)
    const log = { info: tell, warn: tell, error: tell }
    return runProxy(ports, { node: node.id, nodeName: node.hostname }, log, {
      scheduler: clock,
      random: random.next,
    })
  }
}
