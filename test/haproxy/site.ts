/** A real HAProxy with one service and three servers for it, for tests. */
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest'
import type { Backend, Server } from '../../src/model/backend.ts'
import type { Dashboards } from '../../src/model/haproxy.ts'
import { HaproxyProgrammer } from '../../src/haproxy/programmer.ts'
import { RealHaproxy } from './haproxy.ts'
import { get, Load, Origin } from './traffic.ts'
import type { Answer } from './traffic.ts'
import { listeners } from './listeners.ts'

export const LISTENERS = listeners({ 80: { 'www.hello': 'hello_www' } })

export class Site {
  readonly haproxy: RealHaproxy
  readonly programmer: HaproxyProgrammer
  readonly a: Origin
  readonly b: Origin
  readonly c: Origin
  readonly #loads: Load[] = []

  private constructor(haproxy: RealHaproxy, programmer: HaproxyProgrammer) {
    this.haproxy = haproxy
    this.programmer = programmer
    this.a = new Origin('a', haproxy.gateway)
    this.b = new Origin('b', haproxy.gateway)
    this.c = new Origin('c', haproxy.gateway)
  }

  static async open(dashboards: Dashboards | null): Promise<Site> {
    const haproxy = await RealHaproxy.create()
    const programmer = new HaproxyProgrammer({ directory: haproxy.directory, dashboards })
    // HAProxy waits for its first config.
    await programmer.programStructure(LISTENERS, []).catch(() => null)
    await haproxy.start()
    const structured = (): Promise<unknown> => programmer.programStructure(LISTENERS, [backend([])])
    await vi.waitFor(structured, { timeout: 20_000, interval: 50 })
    return new Site(haproxy, programmer)
  }

  async begin(): Promise<void> {
    await Promise.all([this.a, this.b, this.c].map((origin) => origin.start()))
  }

  /** Back to no traffic and no servers. */
  async end(): Promise<void> {
    await Promise.all(this.#loads.splice(0).map((load) => load.stop()))
    for (const origin of [this.a, this.b, this.c]) origin.crash()
    const nothing = backend([], { drain: 0 })
    await until(async () => (await this.programmer.programBackend(nothing)).kind === 'programmed')
  }

  www(path = '/', host = 'www.hello', method = 'GET'): Promise<Answer> {
    return get({ address: this.haproxy.address, host, path, method })
  }

  load(path = '/'): Load {
    const load = new Load({ address: this.haproxy.address, host: 'www.hello', path })
    this.#loads.push(load)
    return load
  }
}

/** Opens a site for the tests of a file, which get it by `assign`, and closes it after them. */
export function useSite(assign: (site: Site) => void, dashboards: Dashboards | null = null): void {
  let opened: Site | undefined
  beforeAll(async () => {
    opened = await Site.open(dashboards)
    assign(opened)
  })
  beforeEach(() => opened?.begin())
  afterEach(() => opened?.end())
  afterAll(() => opened?.haproxy.remove())
}

export async function until(condition: () => Promise<boolean> | boolean): Promise<void> {
  await vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error(`not yet: ${condition.toString()}`)
    },
    { timeout: 10_000, interval: 20 },
  )
}

export function server(origin: Origin, more: Partial<Server> = {}): Server {
  const { name, address, port } = origin
  const usual = { weight: 100, state: 'ready', backup: false, maxConnections: 0 } as const
  return { name, address, port, ...usual, ...more }
}

export function backend(servers: readonly Server[], more: Partial<Backend> = {}): Backend {
  const usual = {
    name: 'hello_www',
    service: 'hello/www',
    protocol: 'http',
    timeout: 5000,
    drain: 5000,
  } as const
  return { ...usual, servers, ...more }
}
