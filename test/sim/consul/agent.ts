import type { HeldRegistration, Registration } from '../../../src/model/registration.ts'
import type { SimNode } from '../swarm/data.ts'

export interface Instance {
  readonly registration: Registration
  /** As Shoal's adapter registers it: `warning`, without output, until it is checked. */
  status: 'warning' | 'passing' | 'critical'
  output: string
  /** Why it is in maintenance, else null. */
  maintenance: string | null
}

/** A node's Consul agent: what is registered there, and what its checks say. */
export class ConsulAgent {
  readonly node: SimNode
  /** On the control network. */
  readonly address: string
  up = true
  /** It runs, but does nothing. */
  paused = false
  readonly instances = new Map<string, Instance>()
  readonly #changed: (consulService: string) => void

  /** Starts with what its data folder has. `changed` is told of each Consul service in which something changes. */
  constructor(
    node: SimNode,
    address: string,
    folder: ReadonlyMap<string, Instance>,
    changed: (consulService: string) => void,
  ) {
    this.node = node
    this.address = address
    this.#changed = changed
    for (const [id, instance] of folder) {
      this.instances.set(id, Object.assign({}, instance, { status: 'warning', output: '' }))
    }
  }

  registered(): HeldRegistration[] {
    return [...this.instances].map(([id, { registration, maintenance }]) => ({
      id,
      service: registration.service,
      hash: registration.meta['shoal-hash'],
      instanceId: registration.meta['shoal-task'],
      maintenance: maintenance !== null,
    }))
  }

  /** What is there already keeps its check's status, and its maintenance. */
  register(registration: Registration): void {
    const before = this.instances.get(registration.id)
    const { status, output, maintenance } = before ?? UNCHECKED
    this.instances.set(registration.id, { registration, status, output, maintenance })
    if (before !== undefined) this.#changed(before.registration.service)
    this.#changed(registration.service)
  }

  setMaintenance(id: string, reason: string | null): void {
    const instance = this.instances.get(id)
    if (instance === undefined) throw new Error(`404 Unknown service ID ${id}`)
    instance.maintenance = reason
    this.#changed(instance.registration.service)
  }

  /** An unknown ID is fine. */
  deregister(id: string): void {
    const instance = this.instances.get(id)
    if (instance === undefined) return
    this.instances.delete(id)
    this.#changed(instance.registration.service)
  }

  /** Runs every check once; `probe` says whether a registration's target answers well. */
  check(probe: (registration: Registration) => boolean): void {
    for (const instance of this.instances.values()) {
      const status = probe(instance.registration) ? 'passing' : 'critical'
      if (instance.status === status && instance.output !== '') continue
      Object.assign(instance, { status, output: status })
      this.#changed(instance.registration.service)
    }
  }
}

const UNCHECKED = { status: 'warning', output: '', maintenance: null } as const
