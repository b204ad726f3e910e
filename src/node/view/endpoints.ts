import type { Endpoint, Standing } from '../../model/endpoint.ts'

/**
 * ms that an endpoint keeps its standing while nothing is known of it. HAProxy's own check goes on.
 */
export const ENDPOINT_GRACE = 60_000

/**
 * ms for which an endpoint that drains is still used if no other serves. SIGTERM follows 3.3 s
 * after Swarm decides: 2.5 s leave 0.8 s for Consul to tell this node, and for responses to finish.
 * It may not be less: where Swarm knows no readiness, all tasks of a start-first update are told to
 * stop within 2 s, and the first new task may need 4.5 s.
 */
export const LAST_CALL = 2500

/**
 * An endpoint flaps if its check failed this often within so many ms. It is used again once its
 * check has passed for `calm` ms.
 */
export const FLAPS = { failures: 3, within: 60_000, calm: 10_000 }

export interface HeldEndpoint {
  readonly endpoint: Endpoint
  readonly standing: Standing
  /** Whether the last answer had it. */
  readonly present: boolean
  /** Since when nothing is known of it, ms since the epoch; null while its agent speaks for it. */
  readonly unknownSince: number | null
  /** Since when it is about to stop, ms since the epoch; null while it is not. */
  readonly drainingSince: number | null
  /** When its check began to fail, of late, in ms since the epoch. */
  readonly failures: readonly number[]
}

/** By server name. */
export type HeldEndpoints = ReadonlyMap<string, HeldEndpoint>

/** After a complete answer for their Consul service. */
export function nextEndpoints(
  held: HeldEndpoints | undefined,
  endpoints: readonly Endpoint[],
  now: number,
): HeldEndpoints {
  const next = new Map<string, HeldEndpoint>()
  for (const endpoint of endpoints) {
    const before = held?.get(endpoint.server)
    next.set(
      endpoint.server,
      onAnswer(endpoint, isSamePlace(before?.endpoint, endpoint) ? before : undefined, now),
    )
  }
  for (const [server, before] of held ?? []) {
    // Gone after it was drained, or while it served nobody: that's an ordinary end.
    if (next.has(server) || before.standing !== 'serving') continue
    next.set(server, { ...before, present: false, unknownSince: before.unknownSince ?? now })
  }
  return next
}

function onAnswer(endpoint: Endpoint, before: HeldEndpoint | undefined, now: number): HeldEndpoint {
  const believed = (standing: Standing, unknownSince: number | null = null): HeldEndpoint => ({
    endpoint,
    standing,
    present: true,
    unknownSince,
    drainingSince: standing === 'draining' ? (before?.drainingSince ?? now) : null,
    failures: before?.failures ?? [],
  })
  switch (endpoint.health) {
    case 'passing':
      return believed(hasToRecover(before, now) ? 'recovering' : 'serving')
    case 'critical':
      // Not `failing`, of which HAProxy makes up its own mind: that would lag behind Consul's when
      // it passes.
      if (before?.standing === 'starting') return believed('starting')
      return { ...believed('failing'), failures: failuresOf(before, now) }
    case 'draining':
      return believed(before?.standing === 'leaving' ? 'leaving' : 'draining')
    case 'pending':
      return believed(before?.standing ?? 'starting')
    case 'stale':
      break
  }
  return believed(before?.standing ?? 'starting', before?.unknownSince ?? now)
}

/**
 * With the one that is told now, if it is news. What is long ago, or more than counts, is
 * forgotten.
 */
function failuresOf(before: HeldEndpoint | undefined, now: number): readonly number[] {
  if (before === undefined) return []
  if (before.standing !== 'serving' && before.standing !== 'recovering') return before.failures
  const recent = before.failures.filter((at) => at > now - FLAPS.within)
  return [...recent, now].slice(-FLAPS.failures)
}

/** Whether one whose check passes flaps. One that serves has been found calm. */
function hasToRecover(before: HeldEndpoint | undefined, now: number): boolean {
  if (before?.standing !== 'failing' && before?.standing !== 'recovering') return false
  return (recovery(before) ?? now) > now
}

/** When it will have been calm for long enough, in ms since the epoch; null if it does not flap. */
function recovery({ failures }: HeldEndpoint): number | null {
  const [first, last] = [failures.at(-FLAPS.failures), failures.at(-1)]
  if (first === undefined || last === undefined || last - first > FLAPS.within) return null
  return last + FLAPS.calm
}

/** A server that comes back at another address is another server. */
function isSamePlace(before: Endpoint | undefined, now: Endpoint): boolean {
  return before?.address === now.address && before.port === now.port
}

/**
 * The missing are removed, the lost fail, those about to stop leave, and those that have been calm
 * serve again.
 */
export function expireEndpoints(held: HeldEndpoints, now: number): HeldEndpoints {
  const expired = (each: HeldEndpoint): boolean => (endpointExpiry(each) ?? Infinity) <= now
  return new Map(
    [...held]
      .filter(([, each]) => each.present || !expired(each))
      .map(([server, each]) => [server, expired(each) ? onExpiry(each) : each]),
  )
}

function onExpiry(held: HeldEndpoint): HeldEndpoint {
  if (held.standing === 'draining') return { ...held, standing: 'leaving', drainingSince: null }
  if (held.standing === 'recovering') return { ...held, standing: 'serving' }
  return failed(held)
}

function failed(held: HeldEndpoint): HeldEndpoint {
  return { ...held, standing: 'failing', drainingSince: null }
}

export function endpointExpiry(held: HeldEndpoint): number | null {
  const { standing, unknownSince, drainingSince } = held
  if (standing === 'recovering') return recovery(held)
  if (standing === 'draining') return drainingSince === null ? null : drainingSince + LAST_CALL
  return standing !== 'serving' || unknownSince === null ? null : unknownSince + ENDPOINT_GRACE
}

/**
 * Drops endpoints of which nothing is known and whose address another task has by now: Swarm gives
 * addresses out anew, and requests would reach another application. An address belongs to one task,
 * whatever the port.
 */
export function dropReused(services: ReadonlyMap<string, HeldEndpoints>): ReadonlyMap<string, HeldEndpoints> {
  const owners = new Map<string, string>()
  for (const held of services.values()) {
    for (const { endpoint, standing, unknownSince } of held.values()) {
      if (unknownSince === null && standing !== 'draining' && standing !== 'leaving') {
        owners.set(endpoint.address, endpoint.task)
      }
    }
  }
  const isReused = ({ endpoint, unknownSince }: HeldEndpoint): boolean =>
    unknownSince !== null && (owners.get(endpoint.address) ?? endpoint.task) !== endpoint.task
  if (![...services.values()].some((held) => [...held.values()].some(isReused))) return services
  return new Map(
    [...services].map(([service, held]) => [
      service,
      new Map(
        [...held]
          .filter(([, each]) => each.present || !isReused(each))
          .map(([server, each]) => [server, isReused(each) ? failed(each) : each]),
      ),
    ]),
  )
}
