import { NEVER, of, Subject } from 'rxjs'
import { controllerPorts } from '../../src/bin/controller-ports.ts'
import type { ControllerAdapters } from '../../src/bin/controller-ports.ts'
import { Controller } from '../../src/controller/controller.ts'
import type { Hint } from '../../src/docker/hint.ts'
import type { ClusterSnapshot, Instance } from '../../src/model/cluster.ts'
import { EVENTS } from '../../src/store/events.ts'
import type { HeldRegistration, FailingChecks } from '../../src/model/registration.ts'
import { VirtualClock } from '../loop/virtual-clock.ts'
import { carryOut } from './plan/agent.ts'
import { deployment, instance, labelled, node, snapshot, workload } from './plan/world.ts'

/** What Docker tells of the service `hello_www`. */
export function serviceEvent(type: 'service' | 'container', action: string): Hint {
  return { type, action, id: 'id-hello_www', name: 'hello_www' }
}

/** A Swarm and a Consul that a controller can be run on, with what it calls of them. */
export class Rig {
  readonly clock = new VirtualClock()
  readonly events = new Subject<Hint>()
  readonly failing = new Subject<FailingChecks>()
  /** What each Consul agent holds, by its address. */
  readonly held = new Map<string, readonly HeldRegistration[]>()
  readonly kv = new Map<string, string>()
  /** Events that were logged. */
  readonly logged: string[] = []
  readonly world: { swarm: ClusterSnapshot }
  /** ms that each write to the KV store takes. */
  writeTime = 0
  /** Whether calls of the KV store with this key or prefix fail. */
  fails: (key: string) => boolean = () => false
  readonly #calls = new Map<string, number>()

  constructor(swarm: ClusterSnapshot) {
    this.world = { swarm }
  }

  /** Starts a controller on it. */
  run(): Controller {
    const log = (_: object, event: string): void => void this.logged.push(event)
    const settings = { deployment, domain: 'example.test', ownHosts: [] }
    const options = { scheduler: this.clock, random: () => 0.5 }
    const ports = controllerPorts(this.adapters())
    const controller = new Controller(ports, settings, { info: log, warn: log, error: log }, options)
    controller.start()
    return controller
  }

  /** Lets time pass after something was done; gives how often what was called meanwhile. */
  async during(ms: number, act: () => void = () => {}): Promise<Readonly<Record<string, number>>> {
    this.#calls.clear()
    act()
    await this.clock.advance(ms)
    return Object.fromEntries(this.#calls)
  }

  adapters(): ControllerAdapters {
    return {
      docker: {
        observe: async () => (this.#count('everything'), this.world.swarm),
        observeNodes: async () => (this.#count('nodes'), this.world.swarm),
        observeWorkloads: async (previous, ids) => {
          if (ids.length > 0) this.#count('services')
          return ids.length > 0 ? this.world.swarm : previous
        },
        events: this.events,
      },
      consul: {
        agent: (address) => this.#agent(address),
        kv: {
          read: async (prefix) => {
            this.#reach('kv read', prefix)
            return new Map([...this.kv].filter(([key]) => key.startsWith(prefix)))
          },
          put: async (key, value) => {
            this.#reach(key.startsWith(EVENTS.prefix) ? 'events written' : 'kv written', key)
            if (this.writeTime > 0) await this.clock.sleep(this.writeTime)
            this.kv.set(key, value)
          },
          delete: async (key) => {
            this.#reach('kv written', key)
            this.kv.delete(key)
          },
        },
        followFailingChecks: () => this.failing,
        followKeys: () => of(new Map()),
        silent: NEVER,
      },
    }
  }

  #agent(address: string): ReturnType<ControllerAdapters['consul']['agent']> {
    return {
      registered: async () => (this.#count('agent asked'), this.held.get(address) ?? []),
      register: async (registration) => {
        this.#count('agent told')
        const held = this.held.get(address) ?? []
        this.held.set(address, carryOut(held, [{ kind: 'register', registration }]))
      },
      setMaintenance: async () => this.#count('agent told'),
      deregister: async () => this.#count('agent told'),
    }
  }

  #reach(what: string, key: string): void {
    if (this.fails(key)) throw new Error('no cluster leader')
    this.#count(what)
  }

  #count(what: string): void {
    this.#calls.set(what, (this.#calls.get(what) ?? 0) + 1)
  }
}

/** The controller in a Swarm of so many nodes, each with an agent, and so many tasks; and what it calls. */
export function start(nodes: number, tasks: number, leader = true) {
  const rig = new Rig(swarmOf(nodes, tasks, leader))
  const controller = rig.run()
  const { clock, events, failing, world } = rig
  return { rig, controller, clock, events, failing, world, during: rig.during.bind(rig) }
}

/** `hello_www` with so many tasks, on nodes of which the first leads. */
export function swarmOf(nodes: number, tasks: number, leader = true): ClusterSnapshot {
  const ids = Array.from({ length: nodes }, (_, index) => `n${index + 1}`)
  const agents = ids.map((id, index) =>
    instance(`agent${id}`, deployment.consulAgent, {
      nodeId: id,
      slot: null,
      addresses: { shoal_control: `10.1.0.${index}` },
    }),
  )
  return snapshot({
    workloads: [labelled('hello_www'), workload(deployment.consulAgent)],
    instances: [
      ...agents,
      ...Array.from({ length: tasks }, (_, index) => www(index, ids[index % nodes] ?? '')),
    ],
    nodes: ids.map((id) => node(id, { leader: leader && id === 'n1' })),
  })
}

export function www(index: number, nodeId: string): Instance {
  const addresses = { shoal_mesh: `10.2.${Math.floor(index / 250)}.${index % 250}` }
  return instance(`t${index}`, 'hello_www', { nodeId, slot: index + 1, addresses })
}
