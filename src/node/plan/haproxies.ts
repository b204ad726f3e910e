/** What an agent learns from the registrations of Shoal's own HAProxies. */
import { HAPROXY_CONSUL_SERVICE } from '../../model/names.ts'
import type { HeldEndpoint } from '../view/endpoints.ts'
import type { Place } from '../locality/shares.ts'
import { tieOf } from '../locality/tie.ts'
import type { View } from '../view/view.ts'

/**
 * Every HAProxy of the cluster. A node has one: where an agent speaks for it, what a lost agent
 * left there is of one before it.
 */
export function haproxies({ endpoints }: Pick<View, 'endpoints'>): readonly HeldEndpoint[] {
  const held = [...(endpoints.get(HAPROXY_CONSUL_SERVICE)?.values() ?? [])]
  const known = new Set(held.filter(isKnown).map(({ endpoint }) => endpoint.node))
  return held.filter((each) => isKnown(each) || !known.has(each.endpoint.node))
}

/** Zone of this node as its own HAProxy's registration tells it; undefined if there is none. */
export function ownZone(view: View, node: string): string | null | undefined {
  const own = haproxies(view).filter(({ endpoint }) => endpoint.node === node)
  return (own.find(({ present }) => present) ?? own[0])?.endpoint.zone
}

/**
 * The HAProxy that DNS names: the node's own, or while that doesn't serve another one, the zone's
 * first.
 */
export function ownAddress(view: View, self: Place): string | null {
  const rank = ({ endpoint, standing }: HeldEndpoint): number => {
    const isOwn = endpoint.node === self.node
    if (standing !== 'serving') return isOwn && standing !== 'draining' ? 3 : 4
    const isOwnZone = endpoint.zone !== null && endpoint.zone === self.zone
    const other = isOwnZone ? 1 : 2
    return isOwn ? 0 : other
  }
  const [best] = haproxies(view)
    .filter((each) => rank(each) < 4)
    .sort(
      (a, b) =>
        rank(a) - rank(b) || tieOf(self.node, a.endpoint.server) - tieOf(self.node, b.endpoint.server),
    )
  return best?.endpoint.address ?? null
}

function isKnown({ unknownSince }: HeldEndpoint): boolean {
  return unknownSince === null
}
