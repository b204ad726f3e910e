/**
 * Watches the HAProxy whose network and volume it shares, and writes what changes, each as a line of JSON with the time in ms.
 * Commands come as lines on standard input:
 *   watch <backend>        the states of the backend's servers, now and on each change
 *   await <host>           once a request with that Host header is answered 200
 */
import { get } from 'node:http'
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { setTimeout as pause } from 'node:timers/promises'

const SOCKET = '/haproxy/admin.sock'
const EVERY_MS = 10

let watched = ''
let last = ''

const now = (): number => performance.timeOrigin + performance.now()

function write(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`)
}

function ask(command: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect(SOCKET)
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk))
    // A worker that has just been replaced: the next look finds its successor.
    socket.on('error', () => {})
    socket.once('close', () => resolve(answer))
    socket.end(`${command}\n`)
  })
}

/** Columns: be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state … */
function readStates(answer: string): Record<string, string> {
  const rows = answer
    .trim()
    .split('\n')
    .slice(2)
    .map((line) => line.split(' '))
  return Object.fromEntries(rows.map((cells) => [cells[3] ?? '', stateOf(cells)]))
}

function stateOf(cells: readonly string[]): string {
  const admin = Number(cells[6])
  if ((admin & 1) !== 0) return 'maint'
  if ((admin & 8) !== 0) return 'drain'
  return cells[5] === '2' ? 'ready' : 'down'
}

async function watch(): Promise<void> {
  for (;;) {
    const backend = watched
    const servers = readStates(await ask(`show servers state ${backend}`))
    const text = JSON.stringify({ backend, servers })
    if (text !== last) write({ at: now(), backend, servers })
    last = text
    await pause(EVERY_MS)
  }
}

function statusOf(host: string): Promise<number> {
  return new Promise((resolve) => {
    get({ host: '127.0.0.1', headers: { host }, timeout: 2000 }, (response) => {
      response.resume()
      response.once('end', () => resolve(response.statusCode ?? 0))
    }).once('error', () => resolve(0))
  })
}

async function answered(host: string): Promise<void> {
  while ((await statusOf(host)) !== 200) await pause(EVERY_MS)
  write({ at: now(), host })
}

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const [command, argument = ''] = line.split(' ')
    if (command === 'await') void answered(argument)
    else if (watched === '') {
      watched = argument
      void watch()
    } else watched = argument
  })
  .once('close', () => process.exit(0))
