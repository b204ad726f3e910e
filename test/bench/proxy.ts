/** A proxy that the cases are run against: Shoal's HAProxy, or a peer. */
import { reloads, waitUntilServed } from '../e2e/world.ts'
import type { Lab } from './lab.ts'

export interface Proxy {
  /** As the table calls it. */
  readonly name: string
  /** Global Swarm service whose containers carry the traffic. */
  readonly service: string
  /** Port that it listens on within its container. */
  readonly port: number
  /** Stack of the app in a case of that name. */
  stackOf(name: string): string
  /** Labels of the app's Swarm service, by which it finds it. */
  readonly labels: readonly string[]
  /** Waits until every proxy sends requests to as many tasks of a stack's app. */
  served(lab: Lab, stack: string, tasks: number): Promise<void>
  /** How often these nodes' proxies together have reloaded their config; undefined for one that has no such thing. */
  reloads?(lab: Lab, nodes: readonly number[]): Promise<number>
}

export const SHOAL: Proxy = {
  name: 'Shoal',
  service: 'shoal_haproxy',
  port: 80,
  stackOf: (name) => name,
  labels: [],
  served: ({ world }, stack, tasks) => waitUntilServed(world, `${stack}/app`, tasks),
  async reloads({ world }, nodes) {
    const counts = await Promise.all(nodes.map((node) => reloads(world, node)))
    return counts.reduce((sum, count) => sum + count, 0)
  },
}
