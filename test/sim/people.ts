import { badText, label, specText } from '../plan/world.ts'
import type { History } from './history.ts'
import type { Random } from './random.ts'
import type { Declared, Specs } from './specs.ts'
import { isWanted, serves } from './swarm/data.ts'
import type { SimService } from './swarm/data.ts'
import type { Swarm } from './swarm/swarm.ts'

const UNREADABLE = 'metadata: ['

export interface Surroundings {
  readonly swarm: Swarm
  readonly specs: Specs
  readonly random: Random
  readonly history: History
  /** Version of a service that is in force, null if none is. */
  readonly inForce: (key: string) => number | null
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
    if (this.#applications().length >= 4) return null
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
    const { swarm, specs } = this.#world
    const declared = specs.add('demo', name, `demo_${name}`, place, tcp)
    this.declare(declared, swarm.create(`demo_${name}`, { replicas, order }))
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
    const { swarm, specs, random } = this.#world
    const service = random.pick(this.#applications())
    if (service === undefined || random.chance(0.5)) return null
    swarm.remove(service)
    for (const declared of specs.all.values())
      if (declared.selects === service.name && declared.place === 'label') this.#end(declared)
    return `remove ${service.name}`
  }

  #improve(): string | null {
    const declared = this.#world.random.pick([...this.#world.specs.all.values()])
    const service = declared === undefined ? null : this.#world.swarm.service(declared.selects)
    if (declared === undefined || service === null) return null
    this.declare(declared, service)
    return `declare ${declared.key} version ${declared.good} by ${declared.place}`
  }

  /** A good new version. */
  declare(declared: Declared, service: SimService): void {
    const { swarm, specs, random } = this.#world
    const version = specs.nextVersion()
    const { name, namespace, selects, ports, place, configs } = declared
    const spec = { ports, drain: `${version}s` }
    if (place === 'label') swarm.relabel(service, label(specText(name, spec)))
    else {
      this.#addConfig(declared, specText(name, { ...spec, selector: { service: selects } }, { namespace }))
      if (random.chance(0.7)) for (const old of configs.splice(0, configs.length - 1)) swarm.removeConfig(old)
    }
    Object.assign(declared, { good: version, bad: false })
    specs.changed(declared)
  }

  /** A bad new version of what is in force. */
  #spoil(): string | null {
    const { swarm, specs, random, inForce } = this.#world
    const intact = [...specs.all.values()].filter(({ good, bad }) => good !== null && !bad)
    const declared = random.pick(intact)
    if (declared === undefined || inForce(declared.key) !== declared.good) return null
    const service = swarm.service(declared.selects)
    const { name, namespace, place } = declared
    if (place === 'config')
      this.#addConfig(declared, random.chance(0.7) ? badText(name, { namespace }) : UNREADABLE)
    else if (service === null) return null
    else swarm.relabel(service, label(random.chance(0.7) ? badText(name) : UNREADABLE))
    declared.bad = true
    specs.changed(declared)
    return `spoil ${declared.key}`
  }

  /** The service goes on, without its spec. */
  #withdraw(): string | null {
    const declared = this.#world.random.pick([...this.#world.specs.all.values()])
    if (declared === undefined || declared.good === null || this.#world.random.chance(0.5)) return null
    const service = this.#world.swarm.service(declared.selects)
    if (declared.place === 'label' && service !== null) this.#world.swarm.relabel(service, {})
    for (const config of declared.configs.splice(0)) this.#world.swarm.removeConfig(config)
    this.#end(declared)
    return `withdraw ${declared.key}`
  }

  #crash(): string | null {
    const running = [...this.#world.swarm.tasks.values()].filter(
      (task) => serves(task) && isWanted(task) && task.service.name.startsWith('demo_'),
    )
    const task = this.#world.random.pick(running)
    if (task === undefined) return null
    this.#world.swarm.crash(task)
    return `crash ${task.id} of ${task.service.name}`
  }

  /** It goes on listening, but its answers are no good. */
  #sicken(): string | null {
    const { swarm, random } = this.#world
    const running = [...swarm.tasks.values()].filter(
      (task) => serves(task) && task.service.name.startsWith('demo_'),
    )
    const task = random.pick(running)
    if (task === undefined) return null
    this.#world.failed(task.service.name)
    swarm.sicken(task, random.between(2000, 10_000))
    return `sicken ${task.id} of ${task.service.name}`
  }

  #addConfig(declared: Declared, text: string): void {
    const name = `${declared.name}-${this.#world.specs.nextVersion()}`
    declared.configs.push(name)
    this.#world.swarm.addConfig(name, text)
  }

  #end(declared: Declared): void {
    Object.assign(declared, { good: null, bad: false })
    this.#world.specs.changed(declared)
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
