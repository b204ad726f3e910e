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
  /** Bodies of the answers, by URL, in the order of arrival. */
  readonly bodies: ReadonlyMap<string, readonly string[]>
}

/** Answer to one request; rejects on any error and after 30 s. */
export function get(
  url: string,
  host: string,
  agent?: Agent,
): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers: { host }, ...(agent === undefined ? {} : { agent }), timeout: 30_000 })
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

/** Open-loop load at a constant rate until `stop` is called, which waits for the last answers. */
export function startLoad({ urls, host, rate, path = '/' }: LoadOptions): { stop(): Promise<LoadResult> } {
  const agent = new Agent({ keepAlive: true, maxSockets: 256 })
  const failures: string[] = []
  const bodies = new Map<string, string[]>(urls.map((url) => [url, []]))
  const pending = new Set<Promise<void>>()
  const started = performance.now()
  let sent = 0
  const ask = async (url: string): Promise<void> => {
    const at = ((performance.now() - started) / 1000).toFixed(2)
    try {
      const { status, body } = await get(url + path, host, agent)
      if (status === 200) bodies.get(url)?.push(body)
      else failures.push(`${at} s: ${url} answered ${status} ${body.trim()}`)
    } catch (error) {
      failures.push(`${at} s: ${url}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - started) / 1000) * rate)
    for (; sent < due; sent += 1) {
      const asked: Promise<void> = ask(urls[sent % urls.length] ?? '').finally(() => pending.delete(asked))
      pending.add(asked)
    }
  }, 5)
  return {
    async stop() {
      clearInterval(timer)
      await Promise.all(pending)
      agent.destroy()
      return { sent, failures, bodies }
    },
  }
}
