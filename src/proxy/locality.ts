/**
 * Locality: which weight each healthy task of a service gets in this node's HAProxy, and why.
 * Tiers are node, zone, any; the modes are `prefer` (as far as headroom allows), `strict` (others only as backup), `off`.
 * Every proxy agent computes the same allocation from the same facts, so nothing has to be agreed upon. Pure.
 */
import type { Locality } from '../model/service.ts'
import { integerWeights, MAX_WEIGHT } from './rounding.ts'
import { type NodeShare, nodeShares, type Place } from './shares.ts'
import { tieOf } from './tie.ts'

export interface Self extends Place {
  /** Host name, for people. */
  readonly nodeName: string
}

export interface Candidate extends Place {
  /** HAProxy's server name. */
  readonly server: string
}

export interface Weighed {
  /** 0 to 256; HAProxy sends nothing new at 0. */
  readonly weight: number
  readonly why: string
  /** HAProxy uses it only while no server without this flag is up. Fixed for a server as long as the mode stays. */
  readonly backup: boolean
}

export type Weights = ReadonlyMap<string, Weighed>

interface Cluster {
  readonly self: Self
  /** Where the cluster's HAProxies are, with or without this one. */
  readonly proxies: readonly Place[]
  /** The tasks that may get requests. */
  readonly endpoints: readonly Candidate[]
}

/** Tasks beyond those with a share that stand by with weight 1. */
const MAX_STANDBY = 3
/** At most a hundredth of the traffic may go to them. */
const MAX_LEAK = 0.01

/** By server name. Empty without endpoints. */
export function weigh(cluster: Cluster & Locality): Weights {
  const { endpoints, self, mode } = cluster
  if (mode === 'off') {
    return new Map(
      endpoints.map(({ server }) => [
        server,
        { weight: MAX_WEIGHT, why: 'off: all tasks alike', backup: false },
      ]),
    )
  }
  return mode === 'prefer'
    ? prefer(cluster)
    : strict(
        cluster,
        endpoints.filter(({ node }) => node === self.node),
      )
}

/** Whether HAProxy is to use this server only as a backup. */
export function isBackup(mode: Locality['mode'], self: Place, endpoint: Place): boolean {
  return mode === 'strict' && endpoint.node !== self.node
}

function strict(cluster: Cluster & Locality, own: readonly Candidate[]): Weights {
  const { self, endpoints } = cluster
  const others = prefer({ ...cluster, endpoints: endpoints.filter(({ node }) => node !== self.node) })
  const onlyIf = own.length === 0 ? 'backup' : `backup, only while no task on ${self.nodeName} is up`
  const why = `strict: ${own.length} of ${endpoints.length} tasks here take 100% of ${self.nodeName}'s traffic`
  return new Map([
    ...own.map(({ server }): [string, Weighed] => [server, { weight: MAX_WEIGHT, why, backup: false }]),
    ...[...others].map(([server, weighed]): [string, Weighed] => [
      server,
      { weight: weighed.weight, why: `${onlyIf}; ${weighed.why}`, backup: true },
    ]),
  ])
}

function prefer({ self, proxies, endpoints, headroom }: Cluster & Locality): Weights {
  const shares = nodeShares(self, proxies, endpoints, headroom)
  const shareOf = ({ node }: Candidate): NodeShare => shares.get(node) ?? NO_SHARE
  const ordered = [...endpoints].sort((a, b) => (a.server < b.server ? -1 : 1))
  const weights = integerWeights(
    ordered.map((endpoint) => ({
      share: shareOf(endpoint).share / Math.max(1, shareOf(endpoint).tasks),
      tie: tieOf(self.node, endpoint.server),
    })),
  )
  const total = weights.reduce((units, weight) => units + weight, 0)
  const unused = ordered.filter((_, index) => weights[index] === 0)
  const standby = standbys(self, unused, shareOf, total)
  return new Map(
    ordered.map((endpoint, index) => {
      const { server } = endpoint
      const share = shareOf(endpoint)
      if (standby.has(server)) {
        const leak = percent(1 / (total + standby.size))
        return [
          server,
          { weight: 1, why: `standby: at ${leak} of the traffic, to be there at once`, backup: false },
        ]
      }
      const why = share.share > 0 ? used(self, share, shares) : spared(self, share)
      return [server, { weight: weights[index] ?? 0, why, backup: false }]
    }),
  )
}

const NO_SHARE: NodeShare = { zone: null, tasks: 0, tier: 'any', share: 0, full: false }

/**
 * A few tasks that get nothing stand by at weight 1: should all others fail at once, HAProxy goes on without waiting for anybody.
 * The zone's first; else each node takes others, so that the leaks of all nodes do not meet in one task.
 */
function standbys(
  self: Self,
  unused: readonly Candidate[],
  shareOf: (endpoint: Candidate) => NodeShare,
  total: number,
): ReadonlySet<string> {
  const rank = (endpoint: Candidate): number => (shareOf(endpoint).tier === 'any' ? 1 : 0)
  const room = Math.min(MAX_STANDBY, Math.floor((total * MAX_LEAK) / (1 - MAX_LEAK)))
  const chosen = [...unused].sort(
    (a, b) => rank(a) - rank(b) || tieOf(self.node, a.server) - tieOf(self.node, b.server),
  )
  return new Set(chosen.slice(0, room).map(({ server }) => server))
}

function used(
  self: Self,
  { tier, zone, tasks, share }: NodeShare,
  shares: ReadonlyMap<string, NodeShare>,
): string {
  const all = sum(shares, () => true, 'tasks')
  if (tier === 'node')
    return `node: ${tasks} of ${all} tasks here take ${percent(share)} of ${self.nodeName}'s traffic`
  const inTier = (other: NodeShare): boolean => other.tier === tier && other.share > 0
  const taking = sum(shares, inTier, 'tasks')
  const taken = percent(sum(shares, inTier, 'share'))
  const where = tier === 'zone' ? `zone ${zone}` : 'any'
  return `${where}: ${taking} of ${all} tasks with room to spare take ${taken} of ${self.nodeName}'s traffic`
}

function spared(self: Self, { tier, zone, full }: NodeShare): string {
  const where = tier === 'zone' ? `zone ${zone}` : tier
  return full
    ? `${where}: its own node's traffic takes all that headroom allows`
    : `${where}: nearer tasks take all of ${self.nodeName}'s traffic`
}

function sum(
  shares: ReadonlyMap<string, NodeShare>,
  when: (share: NodeShare) => boolean,
  field: 'tasks' | 'share',
): number {
  return [...shares.values()].filter(when).reduce((total, share) => total + share[field], 0)
}

function percent(share: number): string {
  const value = share * 100
  return `${value >= 10 || Number.isInteger(value) ? Math.round(value) : Math.max(0.1, Math.round(value * 10) / 10)}%`
}
