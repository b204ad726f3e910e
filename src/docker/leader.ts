import type { ObservedNodes } from '../model/cluster.ts'

/**
 * Whether the engine that was asked is the Swarm's leader, by its own word. There is one at most:
 * an engine that lost its majority can't list nodes, so no snapshot comes of it.
 */
export function leads({ nodes, self }: Pick<ObservedNodes, 'nodes' | 'self'>): boolean {
  return nodes.some(({ id, leader }) => id === self && leader)
}
