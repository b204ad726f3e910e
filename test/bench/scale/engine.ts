/** An HTTP server on a unix socket that answers as a Docker engine with a given Swarm, and counts what it is asked for. */
import { createServer } from 'node:http'
import type { Server } from 'node:http'
import { rm } from 'node:fs/promises'
import type { EngineLists } from './swarm.ts'

export interface Traffic {
  calls: number
  /** Of answers. */
  bytes: number
}

export class FakeEngine {
  readonly socket: string
  readonly traffic: Traffic = { calls: 0, bytes: 0 }
  readonly #server: Server
  readonly #followers = new Set<{ write: (text: string) => unknown }>()
  #lists: EngineLists
  #texts = new Map<string, string>()

  constructor(socket: string, lists: EngineLists) {
    this.socket = socket
    this.#lists = lists
    this.#server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://engine')
      const path = url.pathname.replace(/^\/v[\d.]+/, '')
      this.traffic.calls += 1
      if (path === '/events') {
        response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders()
        this.#followers.add(response)
        return
      }
      const text = this.#answer(path, url.searchParams.get('filters'))
      this.traffic.bytes += text.length
      response.writeHead(200, { 'content-type': 'application/json' }).end(text)
    })
  }

  async start(): Promise<void> {
    await rm(this.socket, { force: true })
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#server.listen(this.socket, resolve)
    await promise
  }

  stop(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  /** The Swarm is another one from now on, and says that this service was updated. */
  change(lists: EngineLists, serviceId: string): void {
    this.#lists = lists
    this.#texts = new Map()
    const event = { Type: 'service', Action: 'update', Actor: { ID: serviceId, Attributes: { name: '' } } }
    for (const follower of this.#followers) follower.write(`${JSON.stringify(event)}\n`)
  }

  #answer(path: string, filter: string | null): string {
    const key = `${path}?${filter}`
    const known = this.#texts.get(key)
    if (known !== undefined) return known
    const text = JSON.stringify(this.#list(path, filter))
    this.#texts.set(key, text)
    return text
  }

  #list(path: string, filter: string | null): unknown {
    const { services, tasks, nodes } = this.#lists
    const filters: Readonly<Record<string, readonly string[] | undefined>> = JSON.parse(filter ?? '{}')
    const { id, service, role } = filters
    switch (path) {
      case '/version':
        return { ApiVersion: '1.51' }
      case '/info':
        return { Swarm: { NodeID: nodes[0]?.ID } }
      case '/services':
        return services.filter(({ ID }) => id?.includes(ID) ?? true)
      case '/tasks':
        return tasks.filter(({ ServiceID }) => service?.includes(ServiceID ?? '') ?? true)
      case '/nodes':
        return nodes.filter(({ Spec }) => role?.includes(Spec?.Role ?? '') ?? true)
      default:
        return []
    }
  }
}
