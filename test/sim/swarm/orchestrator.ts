import type { Subject } from 'rxjs'
import type { VirtualClock } from '../../loop/virtual-clock.ts'
import type { Random } from '../random.ts'
import { isWanted } from './data.ts'
import type { SimNode, SimService, SimTask } from './data.ts'
import { TaskLife } from './task-life.ts'
import type { LifeEvents } from './task-life.ts'

const RESTART_DELAY = 5000

/** What the managers share. */
export interface SwarmState {
  readonly nodes: readonly SimNode[]
  readonly services: ReadonlyMap<string, SimService>
  readonly tasks: Map<string, SimTask>
  /** IDs of services that changed; null stands for nodes and configs. */
  readonly events: Subject<string | null>
}

/** Makes and stops tasks, until each service has those it should have. */
export class Orchestrator {
  readonly #state: SwarmState
  readonly #clock: VirtualClock
  readonly #random: Random
  readonly #life: TaskLife
  #made = 0

  constructor(state: SwarmState, clock: VirtualClock, random: Random, events: LifeEvents) {
    this.#state = state
    this.#clock = clock
    this.#random = random
    this.#life = new TaskLife(clock, random, events)
  }

  /** Kills a container at once. */
  kill(task: SimTask): void {
    this.#life.kill(task)
  }

  /** Swarm learns that a task on this node is dead. */
  discover(task: SimTask): void {
    const replace = isWanted(task) && !task.service.removed && !task.service.updating
    void this.#life.bury(task)
    if (!replace) return
    const next = this.#make(task, 'ready')
    this.#clock.schedule(() => {
      if (next.desired === 'ready') next.desired = 'running'
    }, RESTART_DELAY)
  }

  stop(task: SimTask, desired: 'shutdown' | 'remove'): void {
    const node = this.#state.nodes.find(({ id }) => id === task.nodeId) ?? null
    void this.#life.stop(task, node, desired)
  }

  settleAll(): void {
    for (const service of this.#state.services.values()) this.settle(service)
  }

  /** Brings a service's tasks to its number. */
  settle(service: SimService): void {
    const wanted = this.#tasksOf(service).filter(isWanted)
    if (service.removed) for (const task of wanted) this.stop(task, 'remove')
    else if (service.updating) return
    else if (service.replicas === null) this.#settleGlobal(service, wanted)
    else {
      const surplus = wanted.toSorted((a, b) => (a.slot ?? 0) - (b.slot ?? 0)).slice(service.replicas)
      for (const task of surplus) this.stop(task, 'remove')
      const taken = new Set(wanted.map(({ slot }) => slot))
      for (let slot = 1; slot <= service.replicas; slot += 1) {
        if (!taken.has(slot)) this.#make({ service, slot, nodeId: '' }, 'running')
      }
    }
  }

  #settleGlobal(service: SimService, wanted: readonly SimTask[]): void {
    for (const { id, status } of this.#state.nodes) {
      const there = wanted.some(({ nodeId }) => nodeId === id)
      if (status === 'ready' && !there) this.#make({ service, slot: null, nodeId: id }, 'running')
    }
  }

  /** Replaces every task of a service, one after the other. */
  async roll(service: SimService): Promise<void> {
    if (service.updating || service.removed) return
    service.updating = true
    this.#state.events.next(service.id)
    for (const old of this.#tasksOf(service).filter(isWanted)) {
      if (service.removed || !isWanted(old)) continue
      if (service.order === 'start-first') await this.#startFirst(old)
      else await this.#stopFirst(old)
    }
    service.updating = false
    this.#state.events.next(service.id)
    this.settle(service)
  }

  async #startFirst(old: SimTask): Promise<void> {
    const next = this.#make(old, 'running')
    await this.#until(() => next.state === 'running' || !isWanted(next))
    this.stop(old, 'shutdown')
  }

  async #stopFirst(old: SimTask): Promise<void> {
    this.stop(old, 'shutdown')
    const next = this.#make(old, 'ready')
    await this.#until(() => old.state === 'shutdown' || old.state === 'failed')
    if (next.desired === 'ready') next.desired = 'running'
    await this.#until(() => next.state === 'running' || !isWanted(next))
  }

  /** Waits, but not for ever: an update goes on past a task that does not come. */
  async #until(condition: () => boolean): Promise<void> {
    for (let waited = 0; waited < 20_000 && !condition(); waited += 50) await this.#clock.sleep(50)
  }

  #make(like: Pick<SimTask, 'service' | 'slot' | 'nodeId'>, desired: 'ready' | 'running'): SimTask {
    this.#made += 1
    const { service, slot } = like
    const task: SimTask = {
      id: `t${this.#made}`,
      service,
      slot,
      made: service.made,
      nodeId: slot === null ? like.nodeId : '',
      desired,
      state: 'new',
      addresses: {},
      container: null,
      stoppedAt: null,
    }
    this.#state.tasks.set(task.id, task)
    void this.#life.start(task, () => this.#place(task))
    return task
  }

  /** A global service's task has its node; others go where the fewest are. */
  #place({ service, slot, nodeId }: SimTask): SimNode | null {
    if (slot === null) return this.#state.nodes.find(({ id }) => id === nodeId) ?? null
    const tasks = this.#tasksOf(service).filter(isWanted)
    const load = ({ id }: SimNode) => tasks.filter((task) => task.nodeId === id).length
    const free = this.#state.nodes.filter(({ status }) => status === 'ready')
    const least = Math.min(...free.map(load))
    return this.#random.pick(free.filter((node) => load(node) === least)) ?? null
  }

  #tasksOf(service: SimService): SimTask[] {
    return [...this.#state.tasks.values()].filter((task) => task.service === service)
  }
}
