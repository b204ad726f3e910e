/**
 * Adapter to this node's HAProxy: what it should be as plain data, rendered to its config folder and brought about
 * over its sockets. Which servers a backend should have, and with which weights, is decided elsewhere.
 * This file: the desired state, and how programming it went.
 */
import type { Protocol } from '../model/service.ts'

/**
 * - `ready`: gets requests, according to its weight.
 * - `drain`: gets no new ones and finishes what it has.
 * - `maint`: gets none and isn't checked: an endpoint wired before it answers, or one known to fail.
 */
export type AdminState = 'ready' | 'drain' | 'maint'

export interface Server {
  /** Letters, digits, and any of `_.:-`. Unique within the backend. */
  readonly name: string
  /** IPv4 or IPv6 */
  readonly address: string
  readonly port: number
  /** 0 to 256. A server of weight 0 gets nothing, even when all others are down: that is what `backup` is for. */
  readonly weight: number
  readonly state: AdminState
  /** Gets requests only while no other server is usable. A change of it replaces the server. */
  readonly backup: boolean
  /** Concurrent connections; 0 is no limit. */
  readonly maxConnections: number
}

export interface Backend {
  /** Letters, digits, and any of `_.:-`. */
  readonly name: string
  /** The service, for people: error pages name it. */
  readonly service: string
  readonly protocol: Protocol
  /** ms to wait for a server's answer. */
  readonly timeout: number
  /** ms that requests in flight get to finish on a server that's no longer listed; then they are cut. */
  readonly drain: number
  readonly servers: readonly Server[]
}

/** Host name to backend name. */
export type Hosts = Readonly<Record<string, string>>

export interface Frontends {
  /** By port. Port 80 is there whether it has hosts or not. */
  readonly http: Readonly<Record<number, Hosts>>
  /** Backend name by port. */
  readonly tcp: Readonly<Record<number, string>>
}

/** Pages for those who run the cluster, on port 80 of HAProxy, behind a password. */
export interface Dashboards {
  /** Host name of Consul's UI, lower case. */
  readonly consulHost: string
  /** Host name of HAProxy's own statistics page, lower case. */
  readonly proxyHost: string
  /** Name of the node, shown on the statistics page. */
  readonly nodeName: string
  /** SHA-256, in hex, of the header `Authorization` with the right user and password. */
  readonly authorization: string
}

/** How `HaproxyProgrammer.programBackend` went. It throws `HaproxyError` where HAProxy can't be spoken to. */
export type BackendOutcome =
  | { readonly kind: 'programmed' }
  /** HAProxy doesn't know the backend: `programStructure` first. */
  | { readonly kind: 'unknown' }
  /** All is programmed but the removal of these servers, which still have requests in flight: call again later. */
  | { readonly kind: 'removing'; readonly servers: readonly string[] }

/** HAProxy's refusal of a part of the config. What ran before goes on. */
export interface Refusal {
  /** Config file, for example `50-hello_www.cfg`. */
  readonly file: string
  /** Backend that the file is about; null for the global section or an HTTP frontend. */
  readonly backend: string | null
  /** HAProxy's own words. */
  readonly complaint: string
}

/** How `HaproxyProgrammer.programStructure` went. */
export interface StructureOutcome {
  readonly reloaded: boolean
  readonly refused: readonly Refusal[]
}
