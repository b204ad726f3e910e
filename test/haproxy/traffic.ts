/** Origin servers and a steady load, for tests of HAProxy. */
import { EventEmitter, once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

/** An HTTP server that says its name; `/slow?ms=` waits, `/cut` closes without an answer. */
export class Origin {
  readonly name: string
  readonly address: string
  /** 0 before the first start, then always the same. */
  port = 0
  served = 0
  #server: Server | null = null

  constructor(name: string, address: string) {
    this.name = name
    this.address = address
  }

  async start(): Promise<this> {
    const server = createServer((incoming, response) => {
      this.served++
      const url = new URL(incoming.url ?? '/', 'http://origin')
      if (url.pathname === '/cut') incoming.socket.destroy()
      else if (url.pathname === '/headers') response.end(JSON.stringify(incoming.headers))
      else setTimeout(() => response.end(this.name), Number(url.searchParams.get('ms') ?? 0))
    })
    await new Promise<void>((resolve) => server.listen(this.port, this.address, resolve))
    this.port = (server.address() as AddressInfo).port
    this.#server = server
    return this
  }

  /** Stops listening and cuts every connection, requests in flight too. */
  crash(): void {
    this.#server?.close()
    this.#server?.closeAllConnections()
    this.#server = null
  }
}

export interface Answer {
  readonly status: number
  readonly body: string
}

export interface Ask {
  readonly address: string
  readonly host: string
  readonly port?: number
  readonly path?: string
  readonly method?: string
  readonly agent?: Agent
}

/** One request. Rejects if the connection breaks. */
export function get({ address, host, port = 80, path = '/', method = 'GET', agent }: Ask): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const options = {
      host: address,
      port,
      path,
      method,
      headers: { host },
      timeout: 10_000,
      agent: agent ?? false,
    }
    const outgoing = request(options, (response: IncomingMessage) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      )
    })
    outgoing.on('timeout', () => outgoing.destroy(new Error('timeout')))
    outgoing.on('error', reject)
    outgoing.end()
  })
}

/** Requests, one every 4 ms, over kept-alive and over new connections, until `stop`. */
export class Load {
  readonly failures: string[] = []
  /** Answers by body. */
  readonly answers = new Map<string, number>()
  readonly #agent = new Agent({ keepAlive: true })
  readonly #pending = new Set<Promise<void>>()
  readonly #finished = new EventEmitter()
  readonly #timer: NodeJS.Timeout

  constructor(ask: Omit<Ask, 'agent'>) {
    let count = 0
    this.#timer = setInterval(() => {
      const one = this.#one(count++ % 4 === 0 ? ask : { ...ask, agent: this.#agent })
      this.#pending.add(one)
      void one.finally(() => {
        this.#pending.delete(one)
        this.#finished.emit('one')
      })
    }, 4)
  }

  async #one(ask: Ask): Promise<void> {
    try {
      const { status, body } = await get(ask)
      if (status === 200) this.answers.set(body, (this.answers.get(body) ?? 0) + 1)
      else this.failures.push(`${status} ${body}`)
    } catch (error) {
      this.failures.push(String(error))
    }
  }

  get total(): number {
    return this.answers.values().reduce((sum, count) => sum + count, 0)
  }

  /** Waits for that many further answers, and gives them by body. */
  async further(count: number): Promise<Readonly<Record<string, number>>> {
    const before = new Map(this.answers)
    const wanted = this.total + count
    while (this.total < wanted && this.failures.length < 100) {
      await once(this.#finished, 'one')
    }
    const entries = [...this.answers].map(([body, total]) => [body, total - (before.get(body) ?? 0)] as const)
    return Object.fromEntries(entries.filter(([, further]) => further > 0))
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.#pending)
    this.#agent.destroy()
  }
}
