/** A task's port as a node agent sees it in Consul. */

/**
 * - `passing`: send it requests.
 * - `critical`: its check ran and failed.
 * - `pending`: its check has not run yet (it has no output): no evidence either way.
 * - `draining`: in maintenance; finish what is in flight.
 * - `stale`: its node's agent is gone (serfHealth): no evidence either way.
 */
export type EndpointHealth = 'passing' | 'critical' | 'pending' | 'draining' | 'stale'

export interface Endpoint {
  /** Container name of the task, and HAProxy's server name. */
  readonly server: string
  readonly task: string
  /** Swarm node ID. */
  readonly node: string
  readonly nodeName: string
  /** Null without a zone. */
  readonly zone: string | null
  readonly address: string
  readonly port: number
  readonly health: EndpointHealth
}

/**
 * What a node agent believes of an endpoint, after all evidence so far:
 * - `serving`: its check passed, and nothing was heard against it.
 * - `failing`: its check failed, or its node has been lost for too long.
 * - `recovering`: its check passes, but has failed too often of late.
 * - `draining`: it is about to stop.
 * - `leaving`: it stops at any moment, or has stopped.
 * - `starting`: its check has never passed.
 */
export type Standing = (typeof STANDINGS)[number]

export const STANDINGS = ['serving', 'failing', 'recovering', 'draining', 'leaving', 'starting'] as const
