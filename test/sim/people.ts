import type { Authors, Desk } from './authors.ts'
import type { History } from './history.ts'
import type { Declared } from './specs.ts'
import { isWanted, serves } from './swarm/data.ts'
import type { SimService, SimTask } from './swarm/data.ts'

const MOST_APPLICATIONS = 4

export interface Surroundings extends Desk {
  readonly authors: Authors
  readonly history: History
  /** Told of a Swarm service whose application fails. */
  readonly failed: (swarmService: string) => void
  /** Whether Consul may lose everything: then nobody relies on what only Consul remembers. */
  readonly forgetful: boolean
}

export interface Introduction {
  readonly place: Declared['place']
  readonly order: SimService['order']
  /** Null for a global service. */
  readonly replicas: number | null
  /** Its TCP port beside HTTP, null for none. */
  readonly tcp: number | null
}

/** The people who use the Swarm: they deploy, scale, update, declare, make mistakes; and their applications fail. */
export class People {
  readonly #world: Surroundings
  readonly #actions: readonly (() => string | null)[]
  #deployed = 0

  constructor(world: Surroundings) {
    this.#world = world
    this.#actions = [
      () => this.deploy(),
      () => this.#scale(),
      () => this.#scale(),
      () => this.#update(),
      () => this.#remove(),
      () => this.#improve(),
      () => this.#improve(),
      () => this.#spoil(),
      () => this.#spoil(),
      () => this.#withdraw(),
      () => this.#crash(),
      () => this.#crash(),
      () => this.#sicken(),
    ]
  }

  /** Does something that is possible at the moment. */
  act(): void {
    const done = this.#world.random.pick(this.#actions)?.() ?? null
    if (done !== null) this.#world.history.note(`people    ${done}`)
  }

  /** Some new service with its spec. */
  deploy(): string | null {
    const { random } = this.#world
    if (this.#applications().length >= MOST_APPLICATIONS) return null
    this.#deployed += 1
    const { key, place } = this.introduce(`app${this.#deployed}`, {
      place: random.chance(0.5) ? 'label' : 'config',
      order: random.chance(0.5) ? 'start-first' : 'stop-first',
      replicas: random.chance(0.1) ? null : random.between(1, 4),
      tcp: random.chance(0.25) ? 5000 + this.#deployed : null,
    })
    return `deploy ${key} by ${place}`
  }

  /** A new service with its spec: `demo/<name>`, which selects the Swarm service `demo_<name>`. */
  introduce(name: string, { place, order, replicas, tcp }: Introduction): Declared {
    const { swarm, specs, authors } = this.#world
    const declared = specs.add({ namespace: 'demo', name }, `demo_${name}`, place, tcp)
    authors.declare(declared, swarm.create(`demo_${name}`, { replicas, order }))
    return declared
  }

  #scale(): string | null {
    const { swarm, random } = this.#world
    const service = random.pick(this.#applications())
    if (service === undefined || service.replicas === null || !this.#mayTouch(service)) return null
    const replicas = random.between(0, 5)
    swarm.scale(service, replicas)
    return `scale ${service.name} to ${replicas}`
  }

  #update(): string | null {
    const service = this.#world.random.pick(this.#applications())
    if (service === undefined || !this.#mayTouch(service)) return null
    this.#world.swarm.update(service)
    return `update ${service.name}`
  }

  #remove(): string | null {
    const { swarm, specs, random, authors } = this.#world
    const service = random.pick(this.#applications())
    if (service === undefined || random.chance(0.5)) return null
    swarm.remove(service)
    for (const declared of specs.all.values()) {
      if (declared.selects === service.name && declared.place === 'label') authors.withdraw(declared, null)
    }
    return `remove ${service.name}`
  }

  #improve(): string | null {
    const [declared, service] = this.#someDeclared()
    if (declared === null || service === null) return null
    this.#world.authors.declare(declared, service)
    return `declare ${declared.key} version ${declared.good} by ${declared.place}`
  }

  #spoil(): string | null {
    const [declared, service] = this.#someDeclared()
    return declared !== null && this.#world.authors.spoil(declared, service) ? `spoil ${declared.key}` : null
  }

  #withdraw(): string | null {
    const [declared, service] = this.#someDeclared()
    if (declared === null || declared.good === null || this.#world.random.chance(0.5)) return null
    this.#world.authors.withdraw(declared, service)
    return `withdraw ${declared.key}`
  }

  #crash(): string | null {
    const task = this.#someServing()
    if (task === undefined || !isWanted(task)) return null
    this.#world.swarm.crash(task)
    return `crash ${task.id} of ${task.service.name}`
  }

  /** It goes on listening, but its answers are no good. */
  #sicken(): string | null {
    const task = this.#someServing()
    if (task === undefined) return null
    this.#world.failed(task.service.name)
    this.#world.swarm.sicken(task, this.#world.random.between(2000, 10_000))
    return `sicken ${task.id} of ${task.service.name}`
  }

  #someDeclared(): [declared: Declared | null, service: SimService | null] {
    const { specs, random, swarm } = this.#world
    const declared = random.pick([...specs.all.values()]) ?? null
    return [declared, declared === null ? null : swarm.service(declared.selects)]
  }

  #someServing(): SimTask | undefined {
    const applications = new Set(this.#applications())
    const serving = [...this.#world.swarm.tasks.values()].filter(
      (task) => serves(task) && applications.has(task.service),
    )
    return this.#world.random.pick(serving)
  }

  #applications(): SimService[] {
    return [...this.#world.swarm.services.values()].filter(({ name }) => name.startsWith('demo_'))
  }

  /** A change makes Swarm forget the labels before the bad ones: then only Consul remembers the last good spec. */
  #mayTouch({ name }: SimService): boolean {
    const spoilt = [...this.#world.specs.all.values()].some((each) => each.selects === name && each.bad)
    return !spoilt || !this.#world.forgetful
  }
}
