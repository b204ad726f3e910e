/**
 * ms until a whole answer must be there. The client's own timeout is for silence, and misses an
 * answer cut off half-way.
 */
import { messageOf, RemoteError } from '../lib/errors.ts'
import { fieldOf } from '../lib/unknown.ts'

const DEADLINE = 15_000

/** Docker refused, or did not answer. */
export class DockerError extends RemoteError {
  override readonly name = 'DockerError'
}

/**
 * One call to the engine at `address`; `what` says in words what is asked. Rejects with
 * DockerError, after 15 s at the latest (`deadline`, ms).
 */
export async function call<T>(
  address: string,
  what: string,
  ask: () => Promise<T>,
  deadline: number = DEADLINE,
): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => reject(new Error(`no whole answer in ${deadline / 1000} s`)), deadline)
  try {
    return await Promise.race([ask(), late])
  } catch (error) {
    throw dockerError(address, what, error)
  } finally {
    clearTimeout(timer)
  }
}

/** What went wrong with a call, in words for people. */
export function dockerError(address: string, what: string, error: unknown): DockerError {
  if (error instanceof DockerError) return error
  const status = fieldOf(error, 'statusCode')
  const said = fieldOf(fieldOf(error, 'json'), 'message')
  const code = fieldOf(error, 'code')
  const reason =
    typeof said === 'string' && typeof status === 'number'
      ? `${status} ${said.trim()}`
      : ((typeof code === 'string' ? HINTS.get(code) : undefined) ?? messageOf(error).trim())
  return new DockerError(
    `Docker at ${address}: ${what}: ${reason}`,
    typeof status === 'number' ? status : null,
    error,
  )
}

/** What usually is wrong, by the system's error code. */
const HINTS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such socket; is Docker running, or should DOCKER_HOST name another engine?'],
  ['EACCES', 'this user may not use the socket; run as root or as a member of its group'],
  ['ECONNREFUSED', 'nobody listens there; is Docker running, or should DOCKER_HOST name another engine?'],
  ['ECONNRESET', 'the engine broke the connection, or said nothing for too long'],
])
