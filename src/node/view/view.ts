/**
 * What a node agent believes of the world, and how news changes it: at once on evidence (a check
 * that passes or fails, maintenance, a tombstone), slowly on absence (an endpoint or a policy that
 * is merely gone, a node whose agent is lost), and not at all while Consul is silent. Pure: time
 * comes with the event. What is to be done about it is `plan.ts`.
 */
import type { Endpoint } from '../../model/endpoint.ts'
import { HAPROXY_CONSUL_SERVICE } from '../../model/names.ts'
import type { Policy } from '../../model/policy.ts'
import type { ServiceKey } from '../../model/service.ts'
import { dropReused, endpointExpiry, expireEndpoints, nextEndpoints } from './endpoints.ts'
import type { HeldEndpoints } from './endpoints.ts'
import { POLICIES } from '../../store/policies.ts'
import { expirePolicies, forcePolicies, nextPolicies, policyExpiry } from './policies.ts'
import type { HeldPolicy } from './policies.ts'
import { breakSilence, fallSilent } from './silence.ts'
import { byAge } from '../../lib/order.ts'

export interface View {
  readonly policies: ReadonlyMap<ServiceKey, HeldPolicy>
  /** By Consul service. */
  readonly endpoints: ReadonlyMap<string, HeldEndpoints>
  /** Consul services whose endpoints were answered since the node agent started. */
  readonly answered: ReadonlySet<string>
  /** Whether the policies were. */
  readonly policiesAnswered: boolean
  /** By service key: why its entry in the KV is ignored. */
  readonly malformed: ReadonlyMap<string, string>
  /** Since when Consul gives no answers, ms since the epoch; null while it does. */
  readonly silentSince: number | null
}

export type ViewEvent =
  /** All that is under `shoal/services/`: JSON by full key. */
  | { readonly kind: 'policies'; readonly kv: ReadonlyMap<string, string> }
  /** All endpoints of a Consul service. */
  | { readonly kind: 'endpoints'; readonly service: string; readonly endpoints: readonly Endpoint[] }
  /** Consul stopped answering, or answers again. */
  | { readonly kind: 'silence'; readonly silent: boolean }
  | { readonly kind: 'tick' }

export const EMPTY_VIEW: View = {
  policies: new Map(),
  endpoints: new Map(),
  answered: new Set(),
  policiesAnswered: false,
  malformed: new Map(),
  silentSince: null,
}

/** `now` in ms since the epoch. Answers must be complete: half an answer is none. */
export function nextView(view: View, event: ViewEvent, now: number): View {
  return expire(applyEvent(view, event, now), now)
}

function applyEvent(view: View, event: ViewEvent, now: number): View {
  if (event.kind === 'tick') return view
  if (event.kind === 'silence') return event.silent ? fallSilent(view, now) : breakSilence(view, now)
  if (event.kind === 'policies') {
    const { entries, malformed } = POLICIES.decode(event.kv)
    const policies = nextPolicies(view.policies, entries, malformed, now)
    return enforceReadyPolicies({ ...view, policies, malformed, policiesAnswered: true })
  }
  const { service } = event
  if (!followedServices(view).has(service)) return view
  const held = nextEndpoints(view.endpoints.get(service), event.endpoints, now)
  return enforceReadyPolicies({
    ...view,
    endpoints: dropReused(new Map(view.endpoints).set(service, held)),
    answered: new Set(view.answered).add(service),
  })
}

/**
 * Puts policies in force whose endpoints are all known, then forgets endpoints that no policy asks
 * for.
 */
function enforceReadyPolicies(view: View): View {
  const policies = forcePolicies(view.policies, view.answered)
  const followed = followedServices({ policies })
  return {
    ...view,
    policies,
    endpoints: new Map([...view.endpoints].filter(([service]) => followed.has(service))),
    answered: new Set([...view.answered].filter((service) => followed.has(service))),
  }
}

/** Graces that have ended by now; a view in which none has is returned as it is. */
function expire(view: View, now: number): View {
  const end = deadline(view)
  if (end === null || end > now) return view
  const endpoints = [...view.endpoints].map(([service, held]): [string, HeldEndpoints] => [
    service,
    expireEndpoints(held, now),
  ])
  return enforceReadyPolicies({
    ...view,
    policies: expirePolicies(view.policies, now),
    endpoints: new Map(endpoints),
  })
}

/** When the next grace ends, in ms since the epoch; null if none runs. */
export function deadline(view: View): number | null {
  if (view.silentSince !== null) return null
  const ends = [
    ...[...view.policies.values()].map(policyExpiry),
    ...[...view.endpoints.values()].flatMap((held) => [...held.values()].map(endpointExpiry)),
  ]
  return ends.reduce((first, end) => (first === null || (end !== null && end < first) ? end : first), null)
}

/**
 * Consul services to follow: those of all policies, in force or about to be, and Shoal's own
 * HAProxies.
 */
export function followedServices({ policies }: Pick<View, 'policies'>): ReadonlySet<string> {
  const wanted = [...policies.values()].flatMap(({ inForce, next }) => [inForce, next])
  const services = wanted.flatMap(
    (policy) => policy?.backends.map(({ consulService }) => consulService) ?? [],
  )
  return new Set([HAPROXY_CONSUL_SERVICE, ...services])
}

/** The policies to carry out, oldest first. */
export function effectivePolicies({ policies }: Pick<View, 'policies'>): readonly Policy[] {
  return [...policies.values()].flatMap(({ inForce }) => inForce ?? []).sort(byAge)
}

/**
 * Whether all there is to know has been answered since the node agent started. Before that nothing
 * may be programmed: what a predecessor left in HAProxy knows better.
 */
export function isComplete(view: View): boolean {
  const { policiesAnswered, answered } = view
  return policiesAnswered && [...followedServices(view)].every((service) => answered.has(service))
}
