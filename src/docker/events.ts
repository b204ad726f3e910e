import { defer, Observable, retry, timer, type Subscriber } from 'rxjs'
import { call, dockerError } from './call.ts'
import type { Docker } from './docker.ts'
import { toHint, type Hint } from './hint.ts'

/**
 * ms before the first attempt to connect again; doubles with each that fails, up to the longest.
 */
const SHORTEST_PAUSE = 250
const LONGEST_PAUSE = 10_000
/** ms after which a connection counts as having worked. */
const PROVEN = 10_000

const FOLLOWING = 'following events'
const TYPES = ['service', 'node', 'config', 'container'] as const
/** Docker has no AND of type and event; what else fits both is left out by `toHint`. */
const EVENTS = ['create', 'update', 'remove', 'die', 'health_status']

/**
 * Hints that something in the Swarm changed; the truth is an observation. Begins with `resync`,
 * again after each reconnection: what happened in between is unknown. Never errors, never
 * completes; unsubscribing closes the connection. `onLost` hears of each lost or refused
 * connection, and in how many ms the next attempt follows.
 */
export function swarmEvents(
  docker: Docker,
  onLost: (error: Error, retryIn: number) => void = () => {},
): Observable<Hint> {
  return defer(() => {
    let pause = SHORTEST_PAUSE
    let startedAt = 0
    const started = defer(() => {
      startedAt = Date.now()
      return connection(docker)
    })
    return started.pipe(
      retry({
        delay: (error: Error) => {
          const worked = Date.now() - startedAt >= PROVEN
          const wait = worked ? SHORTEST_PAUSE : pause
          pause = Math.min(2 * wait, LONGEST_PAUSE)
          onLost(error, wait)
          return timer(wait)
        },
      }),
    )
  })
}

/** One connection: errors when it ends, for whatever reason. */
function connection(docker: Docker): Observable<Hint> {
  return new Observable<Hint>((subscriber) => {
    const aborter = new AbortController()
    follow(docker, aborter.signal, subscriber).catch((error: unknown) =>
      subscriber.error(dockerError(docker.address, FOLLOWING, error)),
    )
    return () => aborter.abort()
  })
}

async function follow(
  { streams, address }: Docker,
  abortSignal: AbortSignal,
  hints: Subscriber<Hint>,
): Promise<never> {
  const filters = { type: [...TYPES], event: EVENTS }
  const stream = await call(address, FOLLOWING, () => streams.getEvents({ filters, abortSignal }))
  hints.next({ type: 'resync' })
  // One JSON object a line.
  for await (const line of linesOf(stream)) {
    const hint = toHint(JSON.parse(line))
    if (hint !== null) hints.next(hint)
  }
  throw new Error('the engine ended the stream')
}

/**
 * Not node:readline: it throws a broken connection's error at the whole program when its reader has
 * left already.
 */
async function* linesOf(stream: NodeJS.ReadableStream): AsyncGenerator<string> {
  stream.setEncoding('utf8')
  let rest = ''
  for await (const piece of stream) {
    const lines = (rest + piece.toString()).split('\n')
    rest = lines.pop() ?? ''
    yield* lines
  }
}
