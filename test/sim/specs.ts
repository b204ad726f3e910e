import type { VirtualClock } from '../loop/virtual-clock.ts'
import { HTTP } from '../controller/plan/world.ts'
import { serviceKey } from '../../src/model/names.ts'
import type { ServiceKey } from '../../src/model/service.ts'

/** How long the controller may act on what was true, ms: an observation and the work that follows from it. */
const LAG = 15_000

/** A service as people have declared it. */
export interface Declared {
  /** `<namespace>/<name>` */
  readonly key: ServiceKey
  readonly namespace: string
  readonly name: string
  /** Name of the Swarm service that it selects. */
  readonly selects: string
  readonly place: 'label' | 'config'
  readonly ports: readonly SpecPort[]
  /** Number of the last good version: its drain time in seconds. Null once it is no longer declared. */
  good: number | null
  /** Whether a bad version came after that. */
  bad: boolean
  /** Its configs, oldest first. */
  readonly configs: string[]
}

interface SpecPort {
  readonly name: string
  readonly port: number
  readonly targetPort: number
  readonly protocol: string
}

interface Era {
  readonly good: number | null
  readonly bad: boolean
  readonly from: number
}

/** What is declared, and what was: the truth that the controller's work is judged by. */
export class Specs {
  readonly all = new Map<string, Declared>()
  readonly #eras = new Map<string, Era[]>()
  readonly #clock: VirtualClock
  readonly #changed: (declared: Declared) => void
  #versions = 1

  /** `changed` is told of each service whose declaration is another one now. */
  constructor(clock: VirtualClock, changed: (declared: Declared) => void) {
    this.#clock = clock
    this.#changed = changed
  }

  add(
    { namespace, name }: { readonly namespace: string; readonly name: string },
    selects: string,
    place: Declared['place'],
    tcp: number | null,
  ): Declared {
    const second = tcp === null ? [] : [{ name: 'db', port: tcp, targetPort: 5432, protocol: 'tcp' }]
    const key = serviceKey({ namespace, name })
    const base = { key, namespace, name, selects, place, ports: [HTTP, ...second] }
    const declared: Declared = { ...base, good: null, bad: false, configs: [] }
    this.all.set(key, declared)
    return declared
  }

  nextVersion(): number {
    this.#versions += 1
    return this.#versions
  }

  /** Takes down that it has just changed. */
  changed(declared: Declared): void {
    const eras = this.#eras.get(declared.key) ?? []
    eras.push({ good: declared.good, bad: declared.bad, from: this.#clock.now() })
    this.#eras.set(declared.key, eras)
    this.#changed(declared)
  }

  /** What was true of it at some time in the last `LAG` ms. */
  recent(key: string): readonly Era[] {
    const eras = this.#eras.get(key) ?? []
    const since = this.#clock.now() - LAG
    const first = eras.findLastIndex(({ from }) => from <= since)
    return eras.slice(Math.max(0, first))
  }

  /** Whether it has been declared for all of the last `LAG` ms. */
  isSteady(key: string): boolean {
    const eras = this.#eras.get(key) ?? []
    const oldest = eras[0]?.from ?? Infinity
    return oldest <= this.#clock.now() - LAG && this.recent(key).every(({ good }) => good !== null)
  }

  consulServices({ namespace, name, ports }: Declared): string[] {
    return ports.map((port, index) => `${name}-${namespace}${index === 0 ? '' : `-${port.name}`}`)
  }
}
