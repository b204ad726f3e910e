import type { TaskState } from '../../../src/docker/task-life.ts'
import type { VirtualClock } from '../../loop/virtual-clock.ts'
import type { Random } from '../random.ts'
import { isWanted } from './data.ts'
import type { Container, SimNode, SimTask } from './data.ts'

/** ms from the decision that a task stops to its SIGTERM, as measured on a real Swarm. */
const UNTIL_SIGTERM = 3231

/** What others want to know of a task's life. */
export interface LifeEvents {
  /** The application listens. */
  readonly started: (task: SimTask) => void
  /** Swarm no longer means it to run: it is to stop, or is known to be dead. */
  readonly decided: (task: SimTask) => void
  /** About to be sent SIGTERM. */
  readonly signalled: (task: SimTask) => void
  /** The container is gone. */
  readonly ended: (task: SimTask) => void
  /** Swarm's record of it can go. */
  readonly forgotten: (task: SimTask) => void
}

/** From being created to being forgotten, each step in its time. */
export class TaskLife {
  readonly #clock: VirtualClock
  readonly #random: Random
  readonly #events: LifeEvents
  #addresses = 0

  constructor(clock: VirtualClock, random: Random, events: LifeEvents) {
    this.#clock = clock
    this.#random = random
    this.#events = events
  }

  /** `place` finds a node, null while there is none. */
  async start(task: SimTask, place: () => SimNode | null): Promise<void> {
    await this.#sleep(5, 30)
    task.state = 'pending'
    await this.#sleep(10, 40)
    let node = place()
    while (node === null && isWanted(task)) {
      await this.#sleep(400, 600)
      node = place()
    }
    if (node === null || !isWanted(task)) return
    task.nodeId = node.id
    task.state = 'assigned'
    task.addresses = this.#newAddresses()
    await this.#sleep(20, 80)
    if (!isWanted(task) || !node.up) return
    task.state = 'preparing'
    await this.#sleep(200, 5000)
    while (task.desired === 'ready' && node.up) {
      task.state = 'ready'
      await this.#sleep(40, 60)
    }
    if (isWanted(task) && node.up) this.#run(task)
  }

  #run(task: SimTask): void {
    const container: Container = {
      listening: false,
      healthy: true,
      servingSince: null,
      silentSince: null,
      exited: false,
      signalled: false,
    }
    task.container = container
    task.state = 'starting'
    this.#clock.schedule(
      () => {
        if (container.exited || container.signalled) return
        container.listening = true
        container.servingSince = container.healthy ? this.#clock.now() : null
        this.#events.started(task)
      },
      this.#random.between(50, 2000),
    )
    this.#clock.schedule(
      () => {
        if (task.state === 'starting' && !container.exited) task.state = 'running'
      },
      this.#random.between(20, 1500),
    )
  }

  /** As Swarm stops a task: its container hears of it three seconds later. */
  async stop(task: SimTask, node: SimNode | null, desired: TaskState): Promise<void> {
    if (!isWanted(task)) return
    task.desired = desired
    task.stoppedAt = this.#clock.now()
    this.#events.decided(task)
    if (task.container === null) await this.#sleep(50, 200)
    else {
      await this.#clock.sleep(UNTIL_SIGTERM)
      if (!task.container.exited) await this.#terminate(task, task.container)
    }
    if (node === null || node.up) await this.#end(task, 'shutdown')
  }

  async #terminate(task: SimTask, container: Container): Promise<void> {
    this.#events.signalled(task)
    container.signalled = true
    await this.#sleep(0, 300)
    this.#silence(container)
    await this.#sleep(50, 2000)
    this.kill(task)
    await this.#sleep(30, 60)
  }

  /** The container is gone at once. What Swarm knows of it is another matter. */
  kill(task: SimTask): void {
    const { container } = task
    if (container === null || container.exited) return
    this.#silence(container)
    container.exited = true
    this.#events.ended(task)
  }

  #silence(container: Container): void {
    if (container.listening) container.silentSince = this.#clock.now()
    Object.assign(container, { listening: false, servingSince: null })
  }

  /** Swarm learns that the task has ended, and forgets it after a while. */
  async #end(task: SimTask, state: TaskState): Promise<void> {
    task.state = state
    await (task.desired === 'remove' ? this.#sleep(50, 150) : this.#sleep(10_000, 20_000))
    this.#events.forgotten(task)
  }

  /** Swarm finds that a task is dead. */
  async bury(task: SimTask): Promise<void> {
    if (isWanted(task)) {
      task.desired = 'shutdown'
      this.#events.decided(task)
    }
    await this.#end(task, 'failed')
  }

  #newAddresses(): Readonly<Record<string, string>> {
    this.#addresses += 1
    const suffix = `${Math.floor(this.#addresses / 250)}.${(this.#addresses % 250) + 2}`
    return { shoal_mesh: `10.87.${suffix}`, shoal_control: `10.86.${suffix}` }
  }

  #sleep(least: number, most: number): Promise<void> {
    return this.#clock.sleep(this.#random.between(least, most))
  }
}
