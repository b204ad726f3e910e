import type { Locality, ServiceKey, ServicePort, ServiceSpec } from './service.ts'

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
  /** Host names HAProxy routes to the first `http` port, lower case. */
  readonly hosts: readonly string[]
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
  /** Where the spec was read, for people: `label shoal.spec of service hello_www`. */
  readonly source: string
  /** ISO 8601: the older of two claimants keeps a host. */
  readonly createdAt: string
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
