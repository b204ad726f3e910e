import { badText, label, specText } from '../controller/plan/world.ts'
import type { Consul } from './consul/consul.ts'
import type { Random } from './random.ts'
import type { Declared, Specs } from './specs.ts'
import type { SimService } from './swarm/data.ts'
import type { Swarm } from './swarm/swarm.ts'
import { POLICIES } from '../../src/store/policies.ts'
import type { ServiceKey } from '../../src/model/service.ts'

const UNREADABLE = 'metadata: ['

export interface Desk {
  readonly swarm: Swarm
  readonly consul: Consul
  readonly specs: Specs
  readonly random: Random
}

/** Who writes specs: good versions, bad ones, none any more. */
export class Authors {
  readonly #desk: Desk

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** A good new version. */
  declare(declared: Declared, service: SimService): void {
    const { swarm, specs, random } = this.#desk
    const version = specs.nextVersion()
    const { name, namespace, selects, ports, place, configs } = declared
    const spec = { ports, drain: `${version}s`, maxConnections: version }
    if (place === 'label') swarm.relabel(service, label(specText(name, spec)))
    else {
      this.#addConfig(declared, specText(name, { ...spec, selector: { service: selects } }, { namespace }))
      if (random.chance(0.7)) for (const old of configs.splice(0, configs.length - 1)) swarm.removeConfig(old)
    }
    this.#becomes(declared, version, false)
  }

  /** A bad new version of what is in force; false if nothing is. */
  spoil(declared: Declared, service: SimService | null): boolean {
    const { swarm, random } = this.#desk
    const { key, name, namespace, place, good, bad } = declared
    if (good === null || bad || this.#inForce(key) !== good) return false
    const readable = random.chance(0.7)
    if (place === 'config') this.#addConfig(declared, readable ? badText(name, { namespace }) : UNREADABLE)
    else if (service === null) return false
    else swarm.relabel(service, label(readable ? badText(name) : UNREADABLE))
    this.#becomes(declared, good, true)
    return true
  }

  /** The service goes on, if it is still there, without its spec. */
  withdraw(declared: Declared, service: SimService | null): void {
    const { swarm } = this.#desk
    if (declared.place === 'label' && service !== null) swarm.relabel(service, {})
    for (const config of declared.configs.splice(0)) swarm.removeConfig(config)
    this.#becomes(declared, null, false)
  }

  #addConfig(declared: Declared, text: string): void {
    const name = `${declared.name}-${this.#desk.specs.nextVersion()}`
    declared.configs.push(name)
    this.#desk.swarm.addConfig(name, text)
  }

  #becomes(declared: Declared, good: number | null, bad: boolean): void {
    Object.assign(declared, { good, bad })
    this.#desk.specs.changed(declared)
  }

  /** Version of a service that is in force, null if none is. */
  #inForce(key: ServiceKey): number | null {
    const text = this.#desk.consul.kv.get(POLICIES.key(key))
    const drain = text === undefined ? undefined : JSON.parse(text).spec?.drain
    return typeof drain === 'number' ? drain / 1000 : null
  }
}
