/** A group of servers as HAProxy is to have it. */
import type { Protocol } from './service.ts'

/**
 * - `ready`: gets requests, according to its weight.
 * - `drain`: gets no new ones and finishes what it has.
 * - `maint`: gets none and isn't checked: an endpoint wired before it answers, or one known to
 *   fail.
 */
export type AdminState = (typeof ADMIN_STATES)[number]

export const ADMIN_STATES = ['ready', 'drain', 'maint'] as const

export interface Server {
  /** Letters, digits, and any of `_.:-`. Unique within the backend. */
  readonly name: string
  /** IPv4 or IPv6 */
  readonly address: string
  readonly port: number
  /**
   * 0 to 256. A server of weight 0 gets nothing, even when all others are down: that is what
   * `backup` is for.
   */
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
  /**
   * ms that requests in flight get to finish on a server that's no longer listed; then they are
   * cut.
   */
  readonly drain: number
  readonly servers: readonly Server[]
}
