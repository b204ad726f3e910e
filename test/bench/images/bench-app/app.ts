/**
 * The app under load. It listens on port 8080 and dies at once on SIGTERM, unless LINGER_MS says how long it goes on.
 *   /health   200 once READY_MS have passed since the port opened; SIGUSR2 makes it 500, SIGHUP well again, SIGWINCH lets it flap
 *   /slow     answers after 1.5 s
 *   others    answered at once with the container's ID; before it's ready with 503 `unready`
 * WebSockets get back what they send.
 */
import { createServer } from 'node:http'
import type { ServerResponse } from 'node:http'
import { hostname } from 'node:os'
import { WebSocketServer } from 'ws'

const READY_MS = Number(process.env['READY_MS'] ?? 0)
const LINGER_MS = Number(process.env['LINGER_MS'] ?? 0)
const SLOW_MS = 1500
/** Shorter than a check's interval, so that checks meet both states. */
const FLAP_MS = 700

let ready = false
let state: 'well' | 'sick' | 'flapping' = 'well'

function isWell(): boolean {
  return ready && (state === 'well' || (state === 'flapping' && Math.floor(Date.now() / FLAP_MS) % 2 === 0))
}

function answer(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(body)
}

function serve(response: ServerResponse): void {
  answer(response, ready ? 200 : 503, ready ? `${hostname()}\n` : 'unready\n')
}

const server = createServer((request, response) => {
  request.resume()
  if (request.url === '/health') answer(response, isWell() ? 200 : 500, '')
  else if (request.url === '/slow') setTimeout(() => serve(response), SLOW_MS)
  else serve(response)
})
server.keepAliveTimeout = 120_000

new WebSocketServer({ server }).on('connection', (socket) => {
  socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
})

server.listen(8080, () => setTimeout(() => (ready = true), READY_MS))
process.on('SIGUSR2', () => (state = 'sick'))
process.on('SIGHUP', () => (state = 'well'))
process.on('SIGWINCH', () => (state = 'flapping'))
process.on('SIGTERM', () => setTimeout(() => process.exit(0), LINGER_MS))
