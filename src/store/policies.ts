import { asServiceKey } from '../model/names.ts'
import { isTombstone, routesOfHosts } from '../model/policy.ts'
import type { BackendPolicy, Policy, Tombstone } from '../model/policy.ts'
import type { RouteRule, RouteTarget } from '../model/listener.ts'
import type { ServiceKey } from '../model/service.ts'
import { asObject, isListOf, isObject } from '../lib/unknown.ts'
import { entryKind } from './entry.ts'
import { decodeSource } from './sources.ts'

/** What the controller tells every node agent of each service. */
export const POLICIES = entryKind<ServiceKey, Policy | Tombstone>({
  prefix: 'shoal/services/',
  what: 'policy',
  read: (id, value) => {
    const key = asServiceKey(id)
    const entry = key === null ? null : (readTombstone(value, key) ?? readPolicy(value, key))
    return key === null || entry === null ? null : [key, entry]
  },
})

/**
 * The policies that a controller can go on from, by key: deleted ones are not, nor those without a
 * spec of this version's form.
 */
export function decodePoliciesInForce(kv: ReadonlyMap<string, string>): Map<ServiceKey, Policy> {
  const { entries } = POLICIES.decode(kv)
  const whole = [...entries.values()].flatMap((entry) =>
    isTombstone(entry) || !hasSpec(entry) ? [] : [withAliases(entry)],
  )
  return new Map(whole.map((policy) => [policy.key, policy]))
}

/** A Shoal that knew no aliases left them out. */
function withAliases(policy: Policy): Policy {
  return Object.hasOwn(policy.spec, 'aliases') ? policy : { ...policy, spec: { ...policy.spec, aliases: [] } }
}

/** A node agent needs no spec, and goes by a policy whose spec another version wrote. */
function hasSpec({ spec }: { readonly spec?: Policy['spec'] }): boolean {
  return Array.isArray(spec?.ports) && Array.isArray(spec.hosts) && typeof spec.selector?.service === 'string'
}

function readTombstone(value: unknown, key: ServiceKey): Tombstone | null {
  const { key: own, deleted } = asObject(value)
  return own === key && typeof deleted === 'string' ? { key, deleted } : null
}

/** A policy of this service from JSON of unknown form; null if a node agent can't go by it. */
export function readPolicy(value: unknown, key: ServiceKey): Policy | null {
  const policy = withRoutes(value)
  const source = decodeSource(asObject(policy)['source'])
  return source !== null && isPolicy(policy, key) ? { ...policy, source } : null
}

/** A policy of the version before this one has host names in place of routes. */
function withRoutes(entry: unknown): unknown {
  if (!isObject(entry) || entry['routes'] !== undefined) return entry
  const { hosts, backends, ...rest } = entry
  if (!isListOf(hosts, isHost) || !isListOf(backends, isBackend)) return entry
  return { ...rest, backends, routes: routesOfHosts(hosts, backends) }
}

/**
 * Checks all that a node agent uses; what HAProxy's config could not hold as it stands is refused
 * here, for this service alone.
 */
function isPolicy(value: unknown, key: ServiceKey): value is Policy {
  if (!isObject(value) || value['key'] !== key || !/^[\w./-]+$/.test(key)) return false
  const { revision, createdAt, backends, routes, names, locality, drain, maxConnections, timeout } = value
  return (
    typeof revision === 'string' &&
    typeof createdAt === 'string' &&
    isListOf(backends, isBackend) &&
    isListOf(routes, isRoute) &&
    isListOf(names, isHost) &&
    isObject(locality) &&
    ['prefer', 'strict', 'off'].some((mode) => mode === locality['mode']) &&
    isCount(locality['headroom']) &&
    [drain, maxConnections, timeout].every(isCount)
  )
}

function isBackend(value: unknown): value is BackendPolicy {
  if (!isObject(value) || !isObject(value['port'])) return false
  const { name, port, protocol } = value['port']
  return (
    isName(value['name']) &&
    typeof value['consulService'] === 'string' &&
    typeof name === 'string' &&
    Number.isInteger(port) &&
    isCount(port) &&
    (protocol === 'http' || protocol === 'tcp')
  )
}

function isRoute(value: unknown): value is RouteRule {
  if (!isObject(value)) return false
  const { port, host, path, to } = value
  return (
    Number.isInteger(port) &&
    isCount(port) &&
    isHost(host) &&
    typeof path === 'string' &&
    /^(\/|(\/[\w.~%@:+-]+)+)$/.test(path) &&
    isListOf(to, isTarget) &&
    to.length === 1
  )
}

function isTarget(value: unknown): value is RouteTarget {
  return isObject(value) && isName(value['backend']) && isCount(value['weight'])
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0
}

function isHost(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9_.-]+$/.test(value)
}

/** Whether HAProxy takes it for the name of a backend or a server. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && /^[\w.:-]+$/.test(value)
}
