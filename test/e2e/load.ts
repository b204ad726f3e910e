import { Agent, request } from 'node:http'

export interface LoadOptions {
  /** Base URLs, asked in turn. */
  readonly urls: readonly string[]
  /** Host header. */
  readonly host: string
  /** Requests per second over all URLs, started on time whether or not earlier ones were answered. */
  readonly rate: number
  readonly path?: string
}

export interface LoadResult {
  readonly sent: number
  /** What went wrong with each request that was not answered 200. */
  readonly failures: readonly string[]
  /** When the last of those was sent, as `performance.now()` tells it; null if there are none. */
  readonly lastFailure: number | null
  /** Bodies of the answers, by URL, in the order of arrival. */
  readonly bodies: ReadonlyMap<string, readonly string[]>
}

export interface Load {
  /** What came of it so far. */
  soFar(): LoadResult
  /** Waits for the last answers. */
  stop(): Promise<LoadResult>
}

/** Answer to one request; rejects on any error and after 30 s. */
export function get(
  url: string,
  host: string,
  agent?: Agent,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, {
      headers: { host },
      ...(agent === undefined ? {} : { agent }),
      timeout: 30_000,
    })
    outgoing.once('timeout', () => outgoing.destroy(new Error('no answer in 30 s')))
    outgoing.once('error', reject)
    outgoing.once('response', (response) => {
      response.setEncoding('utf8')
      let body = ''
      response.on('data', (chunk: string) => (body += chunk))
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body }))
      response.once('error', reject)
    })
    outgoing.end()
  })
}

/** Open-loop load at a constant rate until `stop` is called. */
export function startLoad({ urls, host, rate, path = '/' }: LoadOptions): Load {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const failures: string[] = []
  const bodies = new Map<string, string[]>(urls.map((url) => [url, []]))
  const pending = new Set<Promise<void>>()
  const started = performance.now()
  let sent = 0
  let lastFailure: number | null = null
  const ask = async (url: string): Promise<void> => {
    const sentAt = performance.now()
    const fail = (reason: string): void => {
      failures.push(`${((sentAt - started) / 1000).toFixed(2)} s: ${url}: ${reason}`)
      lastFailure = Math.max(lastFailure ?? sentAt, sentAt)
    }
    try {
      const { status, body } = await get(url + path, host, agent)
      if (status === 200) bodies.get(url)?.push(body)
      else fail(`answered ${status} ${body.trim()}`)
    } catch (error) {
      fail(error instanceof Error ? error.message : String(error))
    }
  }
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1000) * rate)
    for (; sent < due; sent += 1) {
      const asked: Promise<void> = ask(urls[sent % urls.length] ?? '').finally(() => pending.delete(asked))
      pending.add(asked)
    }
  }, 5)
  const soFar = (): LoadResult => ({ sent, failures, lastFailure, bodies })
  return {
    soFar,
    async stop() {
      clearInterval(timer)
      await Promise.all(pending)
      agent.destroy()
      return soFar()
    },
  }
}

/** IDs of the hello app's containers that answered. */
export function answeredBy({ bodies }: LoadResult): ReadonlySet<string> {
  const ids = [...bodies.values()].flat().map((body) => /^Hello from container (\S+)/.exec(body)?.[1])
  return new Set(ids.filter((id) => id !== undefined))
}
