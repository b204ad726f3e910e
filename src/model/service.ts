/**
 * The words Shoal's parts share: plain, readonly data and the rules for names. No I/O, no behaviour beyond naming.
 * This file: a declared service, checked and with every default filled in.
 */

export type Protocol = 'http' | 'tcp'
export type LocalityMode = 'prefer' | 'strict' | 'off'

export interface ServicePort {
  /** Unique within the service, a DNS label. */
  readonly name: string
  /** Port that clients use, on a HAProxy's mesh address. */
  readonly port: number
  /** Port that the container listens on. */
  readonly targetPort: number
  readonly protocol: Protocol
}

export interface HealthCheck {
  /** `http` passes on any 2xx answer (Consul's native check); `tcp` on an accepted connection. */
  readonly type: 'http' | 'tcp'
  /** Only for `http`. */
  readonly path: string
  /** Sent as Host header by an `http` check; null sends the task's address. */
  readonly host: string | null
  /** Container port that is checked; null checks each port of the service by itself. */
  readonly port: number | null
  /** ms, at least 1000: Consul runs no check more often. */
  readonly interval: number
  /** ms */
  readonly timeout: number
}

export interface Locality {
  readonly mode: LocalityMode
  /** How many times its fair share of the traffic a task may get for the sake of locality, at least 1. */
  readonly headroom: number
}

export interface ServiceSpec {
  /** A DNS label. */
  readonly name: string
  /** One DNS label or several with dots between: `hello`, `world.dev`. */
  readonly namespace: string
  /** Name of the Swarm service whose tasks serve it. */
  readonly selector: { readonly service: string }
  /** At least one. */
  readonly ports: readonly ServicePort[]
  /** Host names that are routed to the first `http` port, lower case. */
  readonly hosts: readonly string[]
  /** Names that are answered as `<name>.<namespace>` is: by HAProxy and DNS as they are, and under the base domain. Lower case. */
  readonly aliases: readonly string[]
  readonly tags: readonly string[]
  readonly health: HealthCheck
  readonly locality: Locality
  /** ms that requests in flight get to finish once a task is to stop. */
  readonly drain: number
  /** Concurrent connections one task takes from one HAProxy; 0 is no limit. */
  readonly maxConnections: number
  /** ms HAProxy waits for the task to answer. */
  readonly timeout: number
}

/** `<namespace>/<name>`: identifies a service everywhere in Shoal. Made and taken apart in names.ts alone. */
export type ServiceKey = `${string}/${string}`
