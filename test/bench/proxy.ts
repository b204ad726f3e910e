/** A proxy that the cases are run against: Shoal's HAProxy, or a peer. */
import { waitUntilServed, allReloads } from '../swarm/world.ts'
import type { Lab } from './lab.ts'

export interface Proxy {
  /** As the table calls it. */
  readonly name: string
  /** Global Swarm service whose containers carry the traffic. */
  readonly service: string
  /** Port that it listens on within its container. */
  readonly port: number
  /** Waits until every proxy sends requests to as many tasks of a stack's app. */
  served(lab: Lab, stack: string, tasks: number): Promise<void>
  /** How often each node's proxy has reloaded its config; undefined for one that has no such thing. */
  reloads?(lab: Lab): Promise<number[]>
}

export const SHOAL: Proxy = {
  name: 'Shoal',
  service: 'shoal_haproxy',
  port: 80,
  served: ({ world }, stack, tasks) => waitUntilServed(world, `${stack}/app`, tasks),
  reloads: ({ world }) => allReloads(world),
}
