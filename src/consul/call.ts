/**
 * One call to Consul's HTTP API. Everything that is peculiar to the npm client is in this file, and
 * so are the token and the certificates; what is asked and what it means is in the others.
 */
import { EventEmitter } from 'node:events'
import { Agent as HttpsAgent } from 'node:https'
import Consul from 'consul'
import { asList, asObject, asText } from '../lib/unknown.ts'
import { messageOf, RemoteError } from '../lib/errors.ts'

/** What every call of a program carries. */
export interface ConsulAccess {
  /** ACL token, sent as `X-Consul-Token`. */
  readonly token?: string
  /** For an address with https alone; without it, Node's own certificate authorities count. */
  readonly tls?: ConsulTls
}

/** PEM texts. */
interface ConsulTls {
  /** Certificate authority that signed the agent's certificate: no other counts. */
  readonly ca: string
  /** The program's own certificate and its key, where agents ask for one. */
  readonly cert?: string
  readonly key?: string
}

export interface ConsulOptions extends ConsulAccess {
  /** `http://host:8500` or `https://host:8501` */
  readonly address: string
}

/** The npm client of one agent. Connections are kept alive. */
export interface ConsulApi {
  /** For error messages: `http://consul-agent:8500`. */
  readonly address: string
  readonly npm: Consul
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
  /**
   * Is the client's own, for all calls. Named here, as its types know no other option that all
   * calls take.
   */
  readonly token?: never
  readonly ctx: EventEmitter
  readonly timeout: number
}

/** Consul refused, or did not answer. */
export class ConsulError extends RemoteError {
  override readonly name = 'ConsulError'
}

/**
 * Throws a TypeError if the address is no URL, or if certificates are given for one without TLS.
 */
export function openApi({ address, token, tls }: ConsulOptions): ConsulApi {
  const url = new URL(address)
  const secure = url.protocol === 'https:'
  if (tls !== undefined && !secure) throw new TypeError(`certificates are of no use with ${address}`)
  const usual = secure ? 443 : 80
  const npm = new Consul({
    host: url.hostname,
    port: url.port === '' ? usual : Number(url.port),
    secure,
    ...(token === undefined ? {} : { defaults: { token } }),
    ...(tls === undefined ? {} : { agent: new HttpsAgent({ keepAlive: true, ...tls }) }),
  })
  return { address: url.origin, npm }
}

/** Makes the npm client answer with the whole response, and lets `cancel` end the call. */
class Call extends EventEmitter {
  readonly includeResponse = true
}

/**
 * One call of the npm client, given the options to pass on; `what` says in words what is asked.
 * Rejects with ConsulError.
 */
export async function ask(
  { address }: ConsulApi,
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
    throw explained(address, what, error)
  } finally {
    signal?.removeEventListener('abort', cancel)
  }
}

function explained(address: string, what: string, error: unknown): ConsulError {
  // The client hangs a response on other errors, too, such as a timeout half-way through it.
  const { isResponse, response: answer } = asObject(error)
  const response = isResponse === true ? asObject(answer) : {}
  const status = typeof response['statusCode'] === 'number' ? response['statusCode'] : null
  const body = response['body']
  const said = Buffer.isBuffer(body) ? body.toString() : asText(body)
  const message = messageOf(error)
  const reason = status === null ? message : `${status} ${said.trim() || message}`
  return new ConsulError(`Consul at ${address}: ${what}: ${reason}`, status, error)
}
