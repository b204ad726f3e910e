import { FAIR, STORMY } from './network.ts'
import { Random } from './random.ts'
import { RECOVERY } from './safety.ts'
import { HONEST } from './swarm/engine.ts'
import { lacksServed } from './swarm/oddity.ts'
import type { World } from './world.ts'

/** ms after the end of a fault in which it may still make a difference by itself, for example a late event. */
const AFTERMATH = 3000

/** A fault: begins, and says how it ends. */
interface Fault {
  readonly name: string
  /** ms it lasts: least, most. */
  readonly lasts: readonly [number, number]
  /** Only when there was no other trouble for a while, and none other meanwhile. */
  readonly alone?: true
  /** Only where nobody relies on what Consul alone remembers. */
  readonly forgets?: true
  readonly begin: (world: World, random: Random) => () => void
}

const FAULTS: readonly Fault[] = [
  {
    name: 'Docker calls fail',
    lasts: [1000, 10_000],
    begin: ({ dockerNetwork }) => {
      dockerNetwork.trouble = STORMY
      return () => (dockerNetwork.trouble = FAIR)
    },
  },
  {
    name: 'Consul calls fail',
    lasts: [1000, 10_000],
    begin: ({ consulNetwork }) => {
      consulNetwork.trouble = STORMY
      return () => (consulNetwork.trouble = FAIR)
    },
  },
  {
    name: 'events are lost and late',
    lasts: [2000, 10_000],
    begin: ({ engines }) => {
      for (const engine of engines) engine.trouble = { lostEvent: 0.5, lateEvent: 0.5, odd: 0 }
      return () => engines.forEach((engine) => (engine.trouble = HONEST))
    },
  },
  {
    name: 'lists are odd',
    lasts: [2000, 10_000],
    begin: ({ engines }) => {
      for (const engine of engines) engine.trouble = { lostEvent: 0, lateEvent: 0, odd: 0.5 }
      return () => engines.forEach((engine) => (engine.trouble = HONEST))
    },
  },
  {
    name: 'lists lack all tasks',
    lasts: [1000, 15_000],
    // After trouble the controller may not know yet what is registered, and so not miss it.
    alone: true,
    begin: ({ engines }) => {
      for (const engine of engines) engine.distort(lacksServed)
      return () => engines.forEach((engine) => engine.distort(null))
    },
  },
  {
    name: 'an engine hangs',
    lasts: [1000, 25_000],
    begin: ({ engines }, random) => {
      const engine = random.pick(engines)
      if (engine !== undefined) engine.hangs = true
      return () => engines.forEach((each) => (each.hangs = false))
    },
  },
  {
    name: 'a controller crashes',
    lasts: [500, 8000],
    begin: ({ controllers }, random) => {
      const controller = random.pick(controllers)
      controller?.crash()
      return () => controller?.start()
    },
  },
  {
    name: 'a node agent crashes',
    lasts: [500, 8000],
    begin: ({ proxies }, random) => {
      const proxy = random.pick(proxies)
      proxy?.crash()
      return () => proxy?.start()
    },
  },
  {
    name: 'the lead moves',
    lasts: [100, 1000],
    begin: ({ swarm }, random) => {
      swarm.elect(random.pick(swarm.nodes))
      return () => {}
    },
  },
  {
    name: 'a Consul agent hangs',
    lasts: [500, 12_000],
    begin: ({ consul, swarm }, random) => {
      const agent = consul.agent(random.pick(swarm.nodes)?.id ?? '')
      if (agent === null) return () => {}
      consul.pause(agent)
      return () => consul.resume(agent)
    },
  },
  {
    name: 'a Consul agent is replaced',
    lasts: [1000, 2000],
    begin: (world, random) => {
      world.containers.restartAgent(random.pick(world.swarm.nodes)?.id ?? '', random.chance(0.5))
      return () => {}
    },
  },
  {
    name: 'the Consul servers are away',
    lasts: [500, 15_000],
    begin: ({ consul }) => {
      consul.fail()
      return () => consul.recover()
    },
  },
  {
    name: 'the Consul server loses its power, and another takes its place',
    lasts: [500, 15_000],
    begin: ({ consul }) => {
      consul.losePower()
      return () => consul.replaceServer()
    },
  },
  {
    name: 'the sockets of a HAProxy are half-open',
    lasts: [500, 10_000],
    begin: ({ proxies }, random) => {
      const haproxy = random.pick(proxies)?.haproxy
      if (haproxy !== undefined) haproxy.hangs = true
      return () => proxies.forEach((each) => (each.haproxy.hangs = false))
    },
  },
  {
    name: 'the connections to Docker are half-open',
    lasts: [1000, 15_000],
    begin: ({ engines }) => {
      for (const engine of engines) engine.hangs = true
      return () => engines.forEach((each) => (each.hangs = false))
    },
  },
  {
    name: 'the connections to Consul are half-open',
    lasts: [500, 10_000],
    begin: ({ consulNetwork, consul }) => {
      consulNetwork.isHalfOpen = true
      consul.breakConnections()
      return () => (consulNetwork.isHalfOpen = false)
    },
  },
  {
    name: 'Consul is wiped',
    forgets: true,
    lasts: [2000, 8000],
    begin: (world) => {
      world.wipeConsul()
      return () => world.consul.recover()
    },
  },
  {
    name: 'a HAProxy crashes',
    lasts: [1000, 2000],
    begin: ({ swarm }, random) => {
      const tasks = [...swarm.tasks.values()].filter(
        ({ service, container }) => service.name === 'shoal_haproxy' && container?.listening === true,
      )
      const task = random.pick(tasks)
      if (task !== undefined) swarm.crash(task)
      return () => {}
    },
  },
  {
    name: 'a node goes down',
    lasts: [2000, 30_000],
    begin: (world, random) => {
      const node = random.pick(world.swarm.nodes)
      // A majority stays.
      if (node === undefined || world.swarm.nodes.some(({ up }) => !up)) return () => {}
      world.nodeDown(node)
      return () => world.nodeUp(node)
    },
  },
]

/**
 * The faults of one history. Which one strikes when follows from the seed alone: not from what was dropped before, so that a
 * history with fewer faults is the same history without these.
 */
export class Strikes {
  /** How many there were so far, also those that were dropped: their numbers begin with 1. */
  count = 0
  readonly #world: World
  readonly #random: Random
  readonly #kept: ReadonlySet<number> | null
  #troubledUntil = Number.NEGATIVE_INFINITY

  /** `kept`: the numbers of the faults that really strike, null for all. */
  constructor(world: World, random: Random, kept: ReadonlySet<number> | null) {
    this.#world = world
    this.#random = random
    this.#kept = kept
  }

  /** Begins a random fault, and ends it in its time. Gives the ms that it is felt, and whether no other may come meanwhile. */
  next(): { readonly lasts: number; readonly alone: boolean } {
    const { clock, forgetful } = this.#world
    const calm = clock.now() - RECOVERY >= this.#troubledUntil
    const possible = FAULTS.filter(({ forgets, alone }) => (!forgets || forgetful) && (!alone || calm))
    const fault = this.#random.pick(possible)
    if (fault === undefined) return { lasts: 0, alone: false }
    const ms = this.#random.between(...fault.lasts)
    const its = new Random(this.#random.between(0, 2 ** 31))
    this.count += 1
    this.#troubledUntil = Math.max(this.#troubledUntil, clock.now() + ms + AFTERMATH)
    if (this.#kept === null || this.#kept.has(this.count)) this.#begin(fault, ms, its)
    return { lasts: ms + AFTERMATH, alone: fault.alone === true }
  }

  #begin(fault: Fault, ms: number, random: Random): void {
    const { safety, history, clock } = this.#world
    history.note(`FAULT ${this.count}   ${fault.name} for ${ms} ms`)
    safety.disturbed(ms + AFTERMATH)
    const end = fault.begin(this.#world, random)
    clock.schedule(() => {
      end()
      safety.disturbed(AFTERMATH)
      history.note(`fault     over: ${fault.name}`)
    }, ms)
  }
}
