import type { Log } from '../../src/lib/log.ts'
import type { ConsulAgentPort, KvPort } from '../../src/controller/ports.ts'
import { controllerPorts } from '../../src/bin/controller-ports.ts'
import type { ControllerAdapters } from '../../src/bin/controller-ports.ts'
import { Controller } from '../../src/controller/controller.ts'
import { deployment } from '../controller/plan/world.ts'
import type { VirtualClock } from '../loop/virtual-clock.ts'
import type { ConsulAgent } from './consul/agent.ts'
import type { Consul } from './consul/consul.ts'
import type { History } from './history.ts'
import type { Network } from './network.ts'
import type { Random } from './random.ts'
import type { Safety } from './safety.ts'
import type { Engine } from './swarm/engine.ts'

export interface ControllerWorld {
  readonly clock: VirtualClock
  readonly random: Random
  readonly history: History
  readonly consul: Consul
  readonly network: Network
  readonly safety: Safety
}

/** One manager's controller: a process that runs the real loop, and can crash at any moment. */
export class ControllerProcess {
  readonly engine: Engine
  readonly #world: ControllerWorld
  #process: { alive: boolean; readonly controller: Controller } | null = null

  constructor(engine: Engine, world: ControllerWorld) {
    this.engine = engine
    this.#world = world
  }

  start(): void {
    if (this.#process !== null || !this.engine.node.up) return
    this.#world.history.note(`${this.#name} starts`)
    const life = { alive: true }
    const process = Object.assign(life, { controller: this.#run(() => life.alive) })
    this.#process = process
  }

  /** Nothing of it goes on, not even what it had begun. */
  crash(): void {
    if (this.#process === null) return
    this.#world.history.note(`${this.#name} crashes`)
    this.#process.alive = false
    void this.#process.controller.stop()
    this.#process = null
  }

  #run(isAlive: () => boolean): Controller {
    const { clock, random, consul } = this.#world
    const { node } = this.engine
    const { watch, silent } = consul.watching(node, this.#log())
    const adapters: ControllerAdapters = {
      docker: {
        observe: (previous) => this.#living(isAlive, () => this.engine.observe(previous)),
        observeWorkloads: (previous, ids) =>
          this.#living(isAlive, () => this.engine.observeWorkloads(previous, ids)),
        observeNodes: (previous) => this.#living(isAlive, () => this.engine.observeNodes(previous)),
        events: this.engine.events,
      },
      consul: {
        agent: (address) => this.#agent(address, isAlive),
        kv: this.#kv(isAlive),
        followFailingChecks: () => watch('failing checks', consul.failing(node)),
        followKeys: (prefix, minInterval) => watch(prefix, consul.keys(prefix, node), minInterval),
        silent,
      },
    }
    const settings = { deployment, domain: 'example.test', ownHosts: [] }
    const options = { scheduler: clock, random: random.next }
    const controller = new Controller(controllerPorts(adapters), settings, this.#log(), options)
    controller.start()
    return controller
  }

  #agent(address: string, isAlive: () => boolean): ConsulAgentPort {
    const { safety } = this.#world
    const { node } = this.engine
    const write = (what: string, id: string, change: (agent: ConsulAgent) => void) =>
      this.#living(isAlive, () =>
        this.#call(address, (agent) => {
          safety.agentWrite(node, agent, what, id)
          change(agent)
        }),
      )
    return {
      registered: () => this.#living(isAlive, () => this.#call(address, (agent) => agent.registered())),
      register: (registration) => write('register', registration.id, (agent) => agent.register(registration)),
      setMaintenance: (id, reason) =>
        write(reason === null ? 'resume' : 'drain', id, (agent) => agent.setMaintenance(id, reason)),
      deregister: (id) => write('deregister', id, (agent) => agent.deregister(id)),
    }
  }

  #kv(isAlive: () => boolean): KvPort {
    const { consul, safety, network } = this.#world
    const { node } = this.engine
    const call = <T>(what: () => T): Promise<T> =>
      this.#living(isAlive, () =>
        consul.swallows()
          ? network.silence()
          : network.carry(() => {
              if (consul.agent(node.id)?.paused !== false) throw new Error('connection refused')
              return what()
            }),
      )
    return {
      read: (prefix) => call(() => consul.read(prefix)),
      put: (key, value) =>
        call(() => {
          consul.put(key, value)
          safety.keyWrite(node, key, value)
        }),
      delete: (key) =>
        call(() => {
          consul.delete(key)
          safety.keyWrite(node, key, null)
        }),
    }
  }

  async #call<T>(address: string, what: (agent: ConsulAgent) => T): Promise<T> {
    const { consul, network } = this.#world
    if (consul.agentAt(address)?.paused === true) return await network.silence()
    return await network.carry(() => {
      const agent = consul.agentAt(address)
      if (agent === null || agent.paused) throw new Error('connection refused')
      return what(agent)
    })
  }

  /** A dead process calls nobody, and hears no answer. */
  async #living<T>(isAlive: () => boolean, call: () => Promise<T>): Promise<T> {
    const never = new Promise<never>(() => {})
    if (!isAlive()) return await never
    try {
      const answer = await call()
      return isAlive() ? answer : await never
    } catch (error) {
      if (isAlive()) throw error
      return await never
    }
  }

  #log(): Log {
    const { history } = this.#world
    const tell = (fields: object, event: string) =>
      history.note(`${this.#name} ${event} ${JSON.stringify(fields)}`)
    return { info: tell, warn: tell, error: (fields, event) => tell(plain(fields), event) }
  }

  get #name(): string {
    return `control-${this.engine.node.id}`
  }
}

function plain(fields: object): object {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, value instanceof Error ? value.message : value]),
  )
}
