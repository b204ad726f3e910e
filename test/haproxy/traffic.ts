/** Origin servers and a steady load, for tests of HAProxy. */
import { EventEmitter, once } from 'node:events'
import { Agent, createServer, request, type IncomingMessage, type Server } from 'node:http'
import * as net from 'node:net'

/** An HTTP server that says its name; `/slow?ms=` after a while, `/hold` on `release`; `/cut` closes without an answer. */
export class Origin {
  readonly name: string
  readonly address: string
  /** 0 before the first start, then always the same. */
  port = 0
  served = 0
  #server: Server | null = null
  #held: (() => void)[] = []

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
      else if (url.pathname === '/hold') this.#held.push(() => response.end(this.name))
      else setTimeout(() => response.end(this.name), Number(url.searchParams.get('ms') ?? 0))
    })
    await new Promise<void>((resolve) => server.listen(this.port, this.address, resolve))
    this.port = portOf(server)
    this.#server = server
    return this
  }

  get held(): number {
    return this.#held.length
  }

  /** Answers what is held. */
  release(): void {
    for (const answer of this.#held.splice(0)) answer()
  }

  /** Stops listening and cuts every connection, requests in flight too. */
  crash(): void {
    this.#server?.close()
    this.#server?.closeAllConnections()
    this.#server = null
    this.#held = []
  }
}

/** A TCP server that speaks first. */
export class Greeter {
  readonly address: string
  port = 0
  readonly #server = net.createServer((socket) => socket.end('hello over tcp'))

  constructor(address: string) {
    this.address = address
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, this.address, resolve))
    this.port = portOf(this.#server)
    return this
  }

  stop(): void {
    this.#server.close()
  }
}

function portOf(server: net.Server): number {
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('not listening')
  return address.port
}

/** What a TCP server says first. */
export async function greeting({ address, port }: { address: string; port: number }): Promise<string> {
  const socket = net.connect(port, address)
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
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

/** Requests, one every `everyMs`, over kept-alive and over new connections, until `stop`. */
export class Load {
  readonly failures: string[] = []
  /** Answers by body. */
  readonly answers = new Map<string, number>()
  readonly #agent = new Agent({ keepAlive: true })
  readonly #pending = new Set<Promise<void>>()
  readonly #finished = new EventEmitter()
  readonly #timer: NodeJS.Timeout

  constructor(ask: Omit<Ask, 'agent'>, everyMs = 4) {
    let count = 0
    this.#timer = setInterval(() => {
      const one = this.#one(count++ % 4 === 0 ? ask : { ...ask, agent: this.#agent })
      this.#pending.add(one)
      void one.finally(() => {
        this.#pending.delete(one)
        this.#finished.emit('one')
      })
    }, everyMs)
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

  /** Waits for the answers to all requests that are under way: those after it are sent later than now. */
  async settle(): Promise<void> {
    await Promise.all(this.#pending)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.settle()
    this.#agent.destroy()
  }
}
