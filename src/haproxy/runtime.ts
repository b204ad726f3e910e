/**
 * Client of HAProxy's two sockets: the worker's (`admin.sock`) and the master's (`master.sock`).
 * See HAProxy's management guide, 9.3 and 9.4.
 */
import { connect } from 'node:net'

/**
 * - `unreachable`: nobody listens: HAProxy isn't there, or restarts.
 * - `timeout`: it took too long to answer.
 * - `refused`: it answered a command with an error.
 * - `garbled`: the answer makes no sense.
 */
export type HaproxyErrorCode = 'unreachable' | 'timeout' | 'refused' | 'garbled'

export class HaproxyError extends Error {
  readonly code: HaproxyErrorCode
  constructor(code: HaproxyErrorCode, message: string) {
    super(message)
    this.name = 'HaproxyError'
    this.code = code
  }
}

/** Sends text to a socket and gives all that comes back until HAProxy closes. `timeout` in ms. */
function exchange(socket: string, text: string, timeout: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const connection = connect(socket)
    const chunks: Buffer[] = []
    const timer = setTimeout(() => {
      connection.destroy(
        new HaproxyError('timeout', `${socket}: no answer within ${timeout} ms to ${JSON.stringify(text)}`),
      )
    }, timeout)
    connection.on('connect', () => connection.write(text))
    connection.on('data', (chunk: Buffer) => chunks.push(chunk))
    connection.on('error', (error) => {
      reject(
        error instanceof HaproxyError
          ? error
          : new HaproxyError('unreachable', `${socket}: ${error.message}`),
      )
    })
    connection.on('close', () => {
      clearTimeout(timer)
      resolve(Buffer.concat(chunks).toString())
    })
  })
}

/**
 * Executes commands on one connection, one after the other, and gives the answer to each (without a
 * final newline; often empty). A failed command doesn't stop those behind it. `timeout` in ms, for
 * all together.
 */
export async function execute(
  socket: string,
  commands: readonly string[],
  timeout = 5000,
): Promise<readonly string[]> {
  if (commands.length === 0) return []
  for (const command of commands) {
    if (/[\n;\\<]/.test(command)) throw new RangeError(`not one plain command: ${JSON.stringify(command)}`)
  }
  // Interactive mode without a prompt takes a command a line; each answer, and that to `prompt`
  // itself, ends in an empty line.
  const text = await exchange(socket, ['prompt i', ...commands, 'quit', ''].join('\n'), timeout)
  const answers: string[] = []
  let answer: string[] = []
  for (const line of text.split('\n').slice(0, -1)) {
    if (line !== '') answer.push(line)
    else {
      answers.push(answer.join('\n'))
      answer = []
    }
  }
  const wanted = answers.slice(1, 1 + commands.length)
  if (wanted.length !== commands.length) {
    throw new HaproxyError(
      'garbled',
      `${socket}: ${answers.length - 1} answers to ${commands.length} commands: ${text}`,
    )
  }
  return wanted
}

export type Reload = { readonly ok: true } | { readonly ok: false; readonly complaint: string }

/** Lines of HAProxy's log that say what's wrong, without its process numbers. */
function complaintIn(log: string): string {
  const alerts = log.split('\n').filter((line) => line.startsWith('[ALERT]'))
  return alerts.map((line) => line.replace(/^\[ALERT\]\s+\(\d+\) : /, '')).join('\n')
}

/**
 * Has the master load the config anew. It answers once the new worker serves (about 70 ms), or has
 * been given up; then the old worker goes on. A config that can't be parsed is refused at once, and
 * harms nothing. One with a port that can't be bound is refused after up to 2 s, in which the old
 * worker stops listening to let the new one try; and its `admin.sock`, which the new one had
 * replaced, is gone until a reload succeeds. `timeout` in ms.
 */
export async function reload(masterSocket: string, timeout = 30_000): Promise<Reload> {
  const answer = await exchange(masterSocket, 'reload\n', timeout)
  if (answer.startsWith('Success=1')) return { ok: true }
  if (!answer.startsWith('Success=0')) throw new HaproxyError('garbled', `${masterSocket}: ${answer}`)
  return { ok: false, complaint: complaintIn(answer) || answer }
}
