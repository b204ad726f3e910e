/** HTTP servers that answer as the Consul agents of a cluster do, as far as the controller asks, and count what they are asked. */
import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Traffic } from './engine.ts'

/** As the controller registers it. */
interface Definition {
  readonly ID: string
  readonly Name: string
  readonly Address: string
  readonly Port: number
  readonly Tags: readonly string[]
  readonly Meta: Readonly<Record<string, string>>
}

/** ms for which a query blocks. */
const WAIT = 55_000

export class FakeConsul {
  readonly agents: Traffic = { calls: 0, bytes: 0 }
  readonly kv: Traffic = { calls: 0, bytes: 0 }
  readonly entries = new Map<string, string>()
  /** By address, then by ID. */
  readonly registered = new Map<string, Map<string, Definition>>()
  readonly #servers: Server[] = []
  readonly #waiting = new Set<() => void>()
  #index = 1

  async start(addresses: readonly string[], port: number): Promise<void> {
    for (const address of addresses) {
      this.registered.set(address, new Map())
      const server = createServer((request, response) => {
        this.#take(address, request, response).catch(() => response.destroy())
      })
      // A real agent keeps idle connections far longer than Node's five seconds.
      server.keepAliveTimeout = 120_000
      const { promise, resolve } = Promise.withResolvers<void>()
      server.listen(port, address, resolve)
      await promise
      this.#servers.push(server)
    }
  }

  stop(): void {
    for (const server of this.#servers) {
      server.closeAllConnections()
      server.close()
    }
  }

  /** Somebody else writes, and who follows is told. */
  publish(entries: ReadonlyMap<string, string>): void {
    for (const [key, value] of entries) this.entries.set(key, value)
    this.#index += 1
    for (const wake of this.#waiting) wake()
  }

  /** How many instances are registered anywhere. */
  instances(): number {
    return [...this.registered.values()].reduce((sum, held) => sum + held.size, 0)
  }

  async #take(address: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(Buffer.from(chunk))
    const url = new URL(request.url ?? '/', 'http://consul')
    const path = url.pathname.replace(/^\/v1/, '')
    const isAgent = path.startsWith('/agent/')
    const traffic = isAgent ? this.agents : this.kv
    traffic.calls += 1
    if (url.searchParams.has('index')) await this.#news(Number(url.searchParams.get('index')), response)
    const body = Buffer.concat(chunks).toString()
    const answer = isAgent
      ? this.#agent(address, path, request.method ?? 'GET', body)
      : this.#keys(path, request.method ?? 'GET', body)
    const text = JSON.stringify(answer)
    traffic.bytes += text.length
    response.writeHead(200, { 'content-type': 'application/json', 'x-consul-index': String(this.#index) })
    response.end(text)
  }

  /** The controller follows nothing that it writes itself. */
  async #news(index: number, response: ServerResponse): Promise<void> {
    if (index < this.#index) return
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, WAIT)
    this.#waiting.add(resolve)
    response.once('close', resolve)
    await promise
    clearTimeout(timer)
    this.#waiting.delete(resolve)
  }

  #agent(address: string, path: string, method: string, body: string): unknown {
    const held = this.registered.get(address) ?? new Map<string, Definition>()
    if (path === '/agent/services') {
      return Object.fromEntries(
        [...held].map(([id, { Name, ...rest }]) => [id, { ...SERVICE, ...rest, Service: Name }]),
      )
    }
    if (method === 'PUT' && path === '/agent/service/register') {
      const definition: Definition = JSON.parse(body)
      held.set(definition.ID, definition)
    }
    return {}
  }

  #keys(path: string, method: string, body: string): unknown {
    if (!path.startsWith('/kv/')) return []
    const key = decodeURIComponent(path.slice('/kv/'.length))
    if (method === 'PUT') this.entries.set(key, body)
    if (method !== 'GET') return true
    const found = [...this.entries].filter(([each]) => each.startsWith(key))
    return found.map(([Key, value]) => ({ ...ENTRY, Key, Value: Buffer.from(value).toString('base64') }))
  }
}

/** What else Consul tells of a service, and of an entry. */
const SERVICE = {
  TaggedAddresses: { lan_ipv4: { Address: '10.10.10.10', Port: 8080 } },
  Weights: { Passing: 1, Warning: 1 },
  EnableTagOverride: false,
  Datacenter: 'dc1',
}
const ENTRY = { LockIndex: 0, Flags: 0, CreateIndex: 12_345, ModifyIndex: 12_345 }
