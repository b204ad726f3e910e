/**
 * A Swarm: its services, the tasks that its orchestrator makes of them, nodes that come and go, and who leads. It keeps to
 * what was measured on a real one: when an event fires, when a desired state can be seen, when SIGTERM follows.
 */
import { Subject } from 'rxjs'
import { isTerminal } from '../../../src/docker/task-life.ts'
import type { VirtualClock } from '../../loop/virtual-clock.ts'
import type { Random } from '../random.ts'
import type { SimConfig, SimNode, SimService, SimTask } from './data.ts'
import { Orchestrator } from './orchestrator.ts'
import type { LifeEvents } from './task-life.ts'

/** ms from a change of a service to what the orchestrator makes of it. */
const UNTIL_DECIDED = 69
/** ms of silence after which a node counts as down. */
const HEARTBEATS = 12_000
const ELECTION = 3000

export type ServiceOptions = Partial<Pick<SimService, 'labels' | 'replicas' | 'order'>>

export class Swarm {
  readonly nodes: readonly SimNode[]
  readonly services = new Map<string, SimService>()
  readonly tasks = new Map<string, SimTask>()
  readonly configs = new Map<string, SimConfig>()
  readonly events = new Subject<string | null>()
  /** When each node that led before ceased to, virtual ms. */
  readonly led = new Map<string, number>()
  #leader: string | null
  readonly #clock: VirtualClock
  readonly #random: Random
  readonly #orchestrator: Orchestrator
  #made = 0

  constructor(
    clock: VirtualClock,
    random: Random,
    nodes: readonly SimNode[],
    events: Omit<LifeEvents, 'forgotten'>,
  ) {
    this.#clock = clock
    this.#random = random
    this.nodes = nodes
    this.#leader = nodes[0]?.id ?? null
    const forgotten = ({ id }: SimTask) => void this.tasks.delete(id)
    this.#orchestrator = new Orchestrator(this, clock, random, { ...events, forgotten })
  }

  create(name: string, options: ServiceOptions = {}): SimService {
    const { labels = {}, replicas = null, order = 'stop-first' } = options
    const state = { previousLabels: null, made: 1, previousMade: 1, updating: false, removed: false }
    const service: SimService = { ...this.#new('s'), name, labels, replicas, order, ...state }
    this.services.set(service.id, service)
    this.#changed(service)
    return service
  }

  scale(service: SimService, replicas: number): void {
    remember(service)
    service.replicas = replicas
    this.#changed(service)
  }

  /** Labels of the service alone: its tasks go on. */
  relabel(service: SimService, labels: SimService['labels']): void {
    remember(service)
    service.labels = labels
    this.#changed(service)
  }

  /** A new image: every task is replaced. */
  update(service: SimService): void {
    if (!service.updating) {
      remember(service)
      service.made += 1
    }
    this.events.next(service.id)
    this.#clock.schedule(() => void this.#orchestrator.roll(service), UNTIL_DECIDED)
  }

  remove(service: SimService): void {
    service.removed = true
    this.services.delete(service.id)
    this.#changed(service)
  }

  addConfig(name: string, text: string): void {
    this.configs.set(name, { ...this.#new('c'), name, text })
    this.events.next(null)
  }

  removeConfig(name: string): void {
    this.configs.delete(name)
    this.events.next(null)
  }

  /** A container dies, and Swarm finds out soon. No event tells of it. */
  crash(task: SimTask): void {
    this.#orchestrator.kill(task)
    this.#clock.schedule(
      () => {
        if (!isTerminal(task.state) && this.node(task.nodeId)?.up === true) this.#orchestrator.discover(task)
      },
      this.#random.between(50, 300),
    )
  }

  /** For `ms` the application goes on listening, but its answers are no good. */
  sicken({ container }: SimTask, ms: number): void {
    if (container === null) return
    Object.assign(container, { healthy: false, servingSince: null })
    this.#clock.schedule(() => {
      container.healthy = true
      if (container.listening) container.servingSince = this.#clock.now()
    }, ms)
  }

  /** A machine loses power. Its tasks keep saying running. */
  nodeDown(node: SimNode): void {
    node.up = false
    for (const task of this.#tasksOn(node)) this.#orchestrator.kill(task)
    if (this.#leader === node.id) {
      this.#lead(null)
      this.#clock.schedule(() => this.elect(), ELECTION)
    }
    this.#clock.schedule(() => {
      if (node.up) return
      node.status = 'down'
      this.events.next(null)
      for (const task of this.#tasksOn(node)) this.#orchestrator.stop(task, 'shutdown')
      this.#orchestrator.settleAll()
    }, HEARTBEATS)
  }

  nodeUp(node: SimNode): void {
    node.up = true
    this.#clock.schedule(
      () => {
        node.status = 'ready'
        for (const task of this.#tasksOn(node)) {
          const dead = task.container === null || task.container.exited
          if (dead && !isTerminal(task.state)) this.#orchestrator.discover(task)
        }
        if (this.#leader === null) this.elect()
        this.events.next(null)
        this.#orchestrator.settleAll()
      },
      this.#random.between(500, 2000),
    )
  }

  /** The lead goes to `to`, or to some manager. */
  elect(to?: SimNode): void {
    const chosen = to ?? this.#random.pick(this.nodes.filter(({ up }) => up))
    if (chosen?.up !== true || chosen.id === this.#leader) return
    this.#lead(chosen.id)
    this.events.next(null)
  }

  /** Null while there is none. */
  get leader(): string | null {
    return this.#leader
  }

  #lead(leader: string | null): void {
    if (this.#leader !== null) this.led.set(this.#leader, this.#clock.now())
    this.#leader = leader
  }

  node(id: string): SimNode | null {
    return this.nodes.find((each) => each.id === id) ?? null
  }

  service(name: string): SimService | null {
    return [...this.services.values()].find((each) => each.name === name) ?? null
  }

  #tasksOn(node: SimNode): SimTask[] {
    return [...this.tasks.values()].filter((task) => task.nodeId === node.id)
  }

  #changed(service: SimService): void {
    this.events.next(service.id)
    this.#clock.schedule(() => this.#orchestrator.settle(service), UNTIL_DECIDED)
  }

  #new(kind: string): { readonly id: string; readonly createdAt: string } {
    this.#made += 1
    // One millisecond apart at least: age settles who keeps a name.
    const createdAt = new Date(this.#clock.now() + this.#made).toISOString()
    return { id: `${kind}${this.#made}`, createdAt }
  }
}

/** A change makes the version before it the one that the Swarm remembers. */
function remember(service: SimService): void {
  service.previousLabels = service.labels
  service.previousMade = service.made
}
