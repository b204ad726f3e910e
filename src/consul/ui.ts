/**
 * Consul's UI and what it reads, for a dashboard: an HTTP server on a unix socket that passes GET
 * and HEAD on to an agent, and nothing else. Whoever can open the socket can read Consul: the
 * password is the caller's business.
 */
import { rm, chmod } from 'node:fs/promises'
import { Agent, createServer, request } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, RequestOptions, Server, ServerResponse } from 'node:http'
import { once } from 'node:events'
import { pipeline } from 'node:stream'
import { isUiPath } from './ui-paths.ts'

/** Of a request, what Consul may see. Above all no token and no password. */
const PASSED_ON = [
  'accept',
  'accept-encoding',
  'cache-control',
  'if-modified-since',
  'if-none-match',
  'range',
]

/** Of an answer, what belongs to the connection. */
const OF_THE_CONNECTION = new Set(['connection', 'keep-alive', 'transfer-encoding', 'upgrade'])

/**
 * Listens at `socket`, for everyone who can reach that path, and asks the agent at `baseUrl`
 * (`http://host:8500`). Rejects if the socket can't be made; one that a predecessor left is
 * replaced.
 */
export async function serveUi(baseUrl: string, socket: string): Promise<Server> {
  const { hostname, port } = new URL(baseUrl)
  const agent = new Agent({ keepAlive: true })
  const server = createServer((incoming, outgoing) => {
    const { method = '', url = '' } = incoming
    if (method !== 'GET' && method !== 'HEAD') {
      refuse(outgoing, 405, 'Consul can only be read here, with GET and HEAD.', { allow: 'GET, HEAD' })
    } else if (!isUiPath(url)) refuse(outgoing, 403, 'this is no part of what Consul’s UI reads.')
    else forward(incoming, outgoing, { agent, hostname, port, method, path: url })
  })
  // Longer than HAProxy keeps one that is idle, so that it's never closed under a request.
  server.keepAliveTimeout = 120_000
  server.once('close', () => agent.destroy())
  await rm(socket, { force: true })
  server.listen(socket)
  await once(server, 'listening')
  // HAProxy is a user of its own.
  await chmod(socket, 0o666)
  return server
}

function refuse(
  outgoing: ServerResponse,
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  outgoing.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', ...headers })
  outgoing.end(`Shoal: ${text}\n`)
}

/** Without a body and without a time limit: an answer to a blocking query may take minutes. */
function forward(incoming: IncomingMessage, outgoing: ServerResponse, target: RequestOptions): void {
  const asked = request({ ...target, headers: pick(incoming.headers) }, (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, endToEnd(answer.headers))
    // Either end that breaks off breaks the other.
    pipeline(answer, outgoing, () => {})
  })
  asked.once('error', (error) => {
    if (outgoing.headersSent) outgoing.destroy()
    else refuse(outgoing, 502, `Consul does not answer: ${error.message}.`)
  })
  outgoing.once('close', () => asked.destroy())
  asked.end()
}

function pick(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = headers[name]
      return typeof value === 'string' ? [[name, value]] : []
    }),
  )
}

function endToEnd(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_THE_CONNECTION.has(name)))
}
