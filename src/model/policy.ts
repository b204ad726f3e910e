import { hostRoute, HTTP_PORT } from './listener.ts'
import type { RouteRule } from './listener.ts'
import type { Locality, ServiceKey, ServicePort, ServiceSpec } from './service.ts'
import type { Source } from './source.ts'

/** One HAProxy backend: one port of a service. */
export interface BackendPolicy {
  /** See `backendName`. */
  readonly name: string
  /** Consul service to follow. */
  readonly consulService: string
  readonly port: ServicePort
}

/**
 * What the controller tells every node agent about a service, as JSON in Consul's KV.
 * Conflicts between services are settled in it: proxies need not compare services.
 */
export interface Policy {
  readonly key: ServiceKey
  /** Hash of all the rest. */
  readonly revision: string
  readonly backends: readonly BackendPolicy[]
  /** What it gets of every HAProxy's HTTP listeners. */
  readonly routes: readonly RouteRule[]
  /** Names that DNS answers with this node's HAProxy. */
  readonly names: readonly string[]
  readonly locality: Locality
  /** ms */
  readonly drain: number
  readonly maxConnections: number
  /** ms */
  readonly timeout: number
  /** The last good spec, so that a restarted controller knows it. */
  readonly spec: ServiceSpec
  /** Where the spec was read. */
  readonly source: Source
  /** ISO 8601: the older of two claimants keeps a host. */
  readonly createdAt: string
}

/**
 * Routes of a service's hosts, each as a whole: on each of its HTTP ports to that port, and on
 * HAProxy's own port 80 to its port 80, or where it has none to its first HTTP port.
 */
export function routesOfHosts(
  hosts: readonly string[],
  backends: readonly BackendPolicy[],
): readonly RouteRule[] {
  const http = backends.filter(({ port }) => port.protocol === 'http')
  const [first] = http
  const ports = http.map(({ name, port }): [number, string] => [port.port, name])
  const targets = new Map(first === undefined ? [] : [[HTTP_PORT, first.name], ...ports])
  return [...targets].flatMap(([port, backend]) => hosts.map((host) => hostRoute(port, host, backend)))
}

/** Every name that leads to the service: by HAProxy's routes, or by DNS alone. */
export function hostsOf({ routes, names }: Pick<Policy, 'routes' | 'names'>): readonly string[] {
  return [...new Set([...routes.map(({ host }) => host), ...names])].sort()
}

/** Left in place of a policy for a while, so that deletion can be told from a lost KV store. */
export interface Tombstone {
  readonly key: ServiceKey
  /** ISO 8601 */
  readonly deleted: string
}

export function isTombstone(entry: Policy | Tombstone): entry is Tombstone {
  return 'deleted' in entry
}
