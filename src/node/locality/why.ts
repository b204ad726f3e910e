/** Why a server's weight is what it is, for people. */
import type { NodeShare } from './shares.ts'

interface Named {
  readonly nodeName: string
}

/** For a server that gets some of the traffic; `shares` are those of all nodes. */
export function whyUsed(
  self: Named,
  { tier, zone, tasks, share }: NodeShare,
  shares: ReadonlyMap<string, NodeShare>,
): string {
  const all = sum(shares, () => true, 'tasks')
  if (tier === 'node') {
    return `node: ${tasks} of ${all} tasks here take ${percent(share)} of ${self.nodeName}'s traffic`
  }
  const inTier = (other: NodeShare): boolean => other.tier === tier && other.share > 0
  const taking = sum(shares, inTier, 'tasks')
  const taken = percent(sum(shares, inTier, 'share'))
  const where = tier === 'zone' ? `zone ${zone}` : 'any'
  return `${where}: ${taking} of ${all} tasks with room to spare take ${taken} of ${self.nodeName}'s traffic`
}

/** For a server that gets none. */
export function whySpared(self: Named, { tier, zone, full }: NodeShare): string {
  const where = tier === 'zone' ? `zone ${zone}` : tier
  return full
    ? `${where}: nearer traffic takes all that headroom allows`
    : `${where}: nearer tasks take all of ${self.nodeName}'s traffic`
}

function sum(
  shares: ReadonlyMap<string, NodeShare>,
  when: (share: NodeShare) => boolean,
  field: 'tasks' | 'share',
): number {
  return [...shares.values()].filter(when).reduce((total, share) => total + share[field], 0)
}

export function percent(share: number): string {
  const value = share * 100
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : Math.max(0.1, Math.round(value * 10) / 10)}%`
}
