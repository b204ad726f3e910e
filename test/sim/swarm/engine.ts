import { filter, map, merge, mergeMap, startWith, Subject, timer } from 'rxjs'
import type { Observable } from 'rxjs'
import type { ClusterSnapshot, ObservedNodes } from '../../../src/model/cluster.ts'
import { nodesOf, replaceWorkloads, snapshotOf } from '../../../src/docker/merge.ts'
import { toWorkload } from '../../../src/docker/narrow.ts'
import type { VirtualClock } from '../../loop/virtual-clock.ts'
import type { Network } from '../network.ts'
import type { Random } from '../random.ts'
import { listConfigs, listNodes, listServices, listTasks } from './lists.ts'
import type { Lists } from './lists.ts'
import { ODDITIES } from './oddity.ts'
import type { Oddity } from './oddity.ts'
import type { SimNode, SimTask } from './data.ts'
import type { Swarm } from './swarm.ts'
import type { ControllerAdapters } from '../../../src/bin/controller-ports.ts'
import type { Hint } from '../../../src/docker/hint.ts'

/** ms from a change to its event, as measured. */
const EVENT_DELAY = 46

/** An honest observation may be refused for other reasons: one between two odd ones is too few. */
const HONEST_BETWEEN = 3

/** What goes wrong with what an engine tells, each with its probability, 0 to 1. */
export interface EngineTrouble {
  /** An event is never told. */
  readonly lostEvent: number
  /** An event is told late, after others that came later. */
  readonly lateEvent: number
  /** A list lacks what is there; never twice in a row. */
  readonly odd: number
}

export const HONEST: EngineTrouble = { lostEvent: 0, lateEvent: 0, odd: 0 }

type DockerAdapter = ControllerAdapters['docker']

/** What an engine lives in. */
interface EngineWorld {
  readonly swarm: Swarm
  readonly clock: VirtualClock
  readonly random: Random
  readonly network: Network
}

/** The Docker engine of one manager, as the controller beside it sees it. */
export class Engine implements DockerAdapter {
  trouble: EngineTrouble = HONEST
  /** How many of the next observations are refused. */
  refuses = 0
  /** While set, nothing is answered. */
  hangs = false
  readonly node: SimNode
  readonly events: Observable<Hint>
  /** Containers of tasks on its own node that have died, by their service's ID. */
  readonly #deaths = new Subject<string>()
  readonly #swarm: Swarm
  readonly #random: Random
  readonly #network: Network
  /** Honest observations since the last odd one. */
  #honest = 0
  #oddity: { readonly oddity: Oddity; left: number } | null = null
  /** Observations asked for so far. */
  observations = 0

  constructor(node: SimNode, { swarm, clock, random, network }: EngineWorld) {
    this.node = node
    this.#swarm = swarm
    this.#random = random
    this.#network = network
    const told = merge(
      swarm.events.pipe(map((id): Hint => (id === null ? event('node', '') : event('service', id)))),
      this.#deaths.pipe(map((id): Hint => event('container', id))),
    )
    this.events = told.pipe(
      filter(() => node.up && !this.hangs && !random.chance(this.trouble.lostEvent)),
      mergeMap((hint) => timer(this.#eventDelay(), clock).pipe(map(() => hint))),
      startWith({ type: 'resync' } as const),
    )
  }

  /** A container of a task on its node has died. */
  died({ service }: SimTask): void {
    this.#deaths.next(service.id)
  }

  /** From now on, so many full observations are odd in this way; null ends it. */
  distort(oddity: Oddity | null, times = Number.POSITIVE_INFINITY): void {
    this.#oddity = oddity === null ? null : { oddity, left: times }
  }

  readonly observe = async (previous: ClusterSnapshot | null): Promise<ClusterSnapshot> => {
    const lists = this.#distorted(await this.#lists())
    return snapshotOf(previous, lists, nodesOf(previous, lists.nodes, this.node.id))
  }

  readonly observeWorkloads = async (
    previous: ClusterSnapshot,
    workloadIds: readonly string[],
  ): Promise<ClusterSnapshot> => {
    const { services, tasks } = await this.#lists()
    const asked = services.filter(({ ID }) => workloadIds.includes(ID)).map(toWorkload)
    return replaceWorkloads(previous, workloadIds, asked, tasks)
  }

  readonly observeNodes = async (previous: ClusterSnapshot | null): Promise<ObservedNodes> => {
    const lists = await this.#lists()
    const lasting = this.#oddity?.left === Number.POSITIVE_INFINITY
    const { nodes } = lasting ? this.#distorted(lists) : lists
    return nodesOf(previous, nodes, this.node.id)
  }

  /** The lists are made one by one: what happens in between is in one and not in the other. */
  async #lists(): Promise<Lists> {
    this.observations += 1
    this.refuses -= 1
    if (this.refuses >= 0) throw new Error('connection refused')
    const [services, tasks, nodes, configs] = await Promise.all([
      this.#ask(() => listServices(this.#swarm)),
      this.#ask(() => listTasks(this.#swarm)),
      this.#ask(() => listNodes(this.#swarm)),
      this.#ask(() => listConfigs(this.#swarm)),
    ])
    return { services, tasks, nodes, configs }
  }

  async #ask<T>(list: () => T): Promise<T> {
    if (this.hangs) return await this.#network.silence()
    return await this.#network.carry(() => {
      if (!this.node.up) throw new Error('connection refused')
      if (this.#swarm.leader === null) throw new Error('The swarm does not have a leader')
      return list()
    })
  }

  #distorted(lists: Lists): Lists {
    if (this.#oddity !== null && this.#oddity.left > 0) {
      this.#oddity.left -= 1
      return this.#oddity.oddity(lists, this.#random)
    }
    const odd = this.#honest >= HONEST_BETWEEN && this.#random.chance(this.trouble.odd)
    this.#honest = odd ? 0 : this.#honest + 1
    return odd ? (this.#random.pick(ODDITIES)?.(lists, this.#random) ?? lists) : lists
  }

  #eventDelay(): number {
    const late = this.#random.chance(this.trouble.lateEvent) ? this.#random.between(100, 3000) : 0
    return EVENT_DELAY + late
  }
}

function event(type: 'service' | 'node' | 'container', id: string): Hint {
  return { type, action: 'update', id, name: '' }
}
