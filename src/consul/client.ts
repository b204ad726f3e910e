/**
 * The adapter to Consul's HTTP API: registrations at a node's agent, blocking queries, key-value pairs.
 * Everything that is peculiar to the npm client is in this file; what is asked and what it means is in the others.
 * No retries and no watching here: callers decide when to ask again.
 */
import { EventEmitter } from 'node:events'
import Consul from 'consul'
import { asList, asObject, asText } from '../lib/unknown.ts'
import { messageOf, RemoteError } from '../lib/errors.ts'

export interface ConsulClient {
  /** For error messages: `http://consul-agent:8500`. */
  readonly address: string
  readonly api: Consul
}

export interface Reply {
  /** X-Consul-Index, 0 if the answer has none. */
  readonly index: number
  /** The `Date` header, empty if the answer has none. */
  readonly date: string
  readonly body: unknown
}

export interface Limits {
  /** ms until the whole answer must be there. */
  readonly timeout: number
  readonly signal?: AbortSignal
}

/** What the npm client takes with every call, though its types don't say so. */
export interface CallOptions {
  readonly ctx: EventEmitter
  readonly timeout: number
  readonly token?: string
}

/** Consul refused, or did not answer. */
export class ConsulError extends RemoteError {
  override readonly name = 'ConsulError'
}

/**
 * A client for the agent at `baseUrl` (`http://host:8500`). Connections are kept alive.
 * Throws a TypeError if that's no URL.
 */
export function createConsul(baseUrl: string): ConsulClient {
  const url = new URL(baseUrl)
  const secure = url.protocol === 'https:'
  const ofScheme = secure ? 443 : 80
  const port = url.port === '' ? ofScheme : Number(url.port)
  return { address: url.origin, api: new Consul({ host: url.hostname, port, secure }) }
}

/** Makes the npm client answer with the whole response, and lets `cancel` end the call. */
class Call extends EventEmitter {
  readonly includeResponse = true
}

/** One call of the npm client, given the options to pass on; `what` says in words what is asked. Rejects with ConsulError. */
export async function ask(
  client: ConsulClient,
  what: string,
  { timeout, signal }: Limits,
  call: (options: CallOptions) => Promise<unknown>,
): Promise<Reply> {
  const ctx = new Call()
  const cancel = (): void => void ctx.emit('cancel')
  try {
    signal?.throwIfAborted()
    signal?.addEventListener('abort', cancel, { once: true })
    const [response, body] = asList(await call({ ctx, timeout }))
    const headers = asObject(asObject(response)['headers'])
    const index = Number(asText(headers['x-consul-index']))
    return { index: Number.isSafeInteger(index) ? index : 0, date: asText(headers['date']), body }
  } catch (error) {
    throw explained(client, what, error)
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

function explained(client: ConsulClient, what: string, error: unknown): ConsulError {
  // The client hangs a response on other errors, too, such as a timeout half-way through it.
  const { isResponse, response: answer } = asObject(error)
  const response = isResponse === true ? asObject(answer) : {}
  const status = typeof response['statusCode'] === 'number' ? response['statusCode'] : null
  const body = response['body']
  const said = Buffer.isBuffer(body) ? body.toString() : asText(body)
  const message = messageOf(error)
  const reason = status === null ? message : `${status} ${said.trim() || message}`
  return new ConsulError(`Consul at ${client.address}: ${what}: ${reason}`, status, error)
}
