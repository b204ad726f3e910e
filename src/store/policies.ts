/** The controller's entries in Consul's KV, read without trust: another version of Shoal may have written them. */
import { KV_SERVICES } from '../model/names.ts'
import { routesOfHosts } from '../model/policy.ts'
import type { BackendPolicy, Policy, Tombstone } from '../model/policy.ts'
import type { RouteRule, RouteTarget } from '../model/listener.ts'
import type { ServiceKey } from '../model/service.ts'
import { isListOf, isObject, parseJson } from '../lib/unknown.ts'

export interface Entries {
  readonly entries: ReadonlyMap<ServiceKey, Policy | Tombstone>
  /** By service key, what is wrong with an entry that can't be used. */
  readonly malformed: ReadonlyMap<ServiceKey, string>
}

/** `kv` is what is under `shoal/services/`: JSON by full key. */
export function decodePolicies(kv: ReadonlyMap<string, string>): Entries {
  const entries = new Map<ServiceKey, Policy | Tombstone>()
  const malformed = new Map<ServiceKey, string>()
  for (const [path, text] of kv) {
    const key = path.slice(KV_SERVICES.length)
    const entry = withRoutes(parseJson(text))
    if (isTombstone(entry, key) || isPolicy(entry, key)) entries.set(key, entry)
    else malformed.set(key, `${path} holds no policy of ${key}: ${JSON.stringify(text.slice(0, 80))}`)
  }
  return { entries, malformed }
}

/** A policy of the version before this one has host names in place of routes. */
function withRoutes(entry: unknown): unknown {
  if (!isObject(entry) || entry['routes'] !== undefined) return entry
  const { hosts, backends, ...rest } = entry
  if (!isListOf(hosts, isHost) || !isListOf(backends, isBackend)) return entry
  return { ...rest, backends, routes: routesOfHosts(hosts, backends) }
}

function isTombstone(value: unknown, key: ServiceKey): value is Tombstone {
  return isObject(value) && value['key'] === key && typeof value['deleted'] === 'string'
}

/** Checks all that a node agent uses; what HAProxy's config could not hold as it stands is refused here, for this service alone. */
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
