/**
 * Locality: which weight each healthy task of a service gets in this node's HAProxy, and why. Tiers
 * are node, zone, any; the modes are `prefer` (as far as headroom allows), `strict` (others only as
 * backup), `off`. Every node agent computes the same allocation from the same facts, so nothing has
 * to be agreed upon. Pure.
 */
import type { Locality } from '../../model/service.ts'
import { integerWeights, MAX_WEIGHT } from './rounding.ts'
import { type NodeShare, nodeShares, type Place } from './shares.ts'
import { tieOf } from './tie.ts'
import { percent, whySpared, whyUsed } from './why.ts'
import { by } from '../../lib/order.ts'

export interface Self extends Place {
  /** Host name, for people. */
  readonly nodeName: string
}

export interface Candidate extends Place {
  /** HAProxy's server name. */
  readonly server: string
}

interface Weighed {
  /** 0 to 256; HAProxy sends nothing new at 0. */
  readonly weight: number
  readonly why: string
  /**
   * HAProxy uses it only while no server without this flag is up. Fixed for a server as long as the
   * mode stays.
   */
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
  const ordered = [...endpoints].sort(by(({ server }) => server))
  const weights = integerWeights(
    ordered.map((endpoint) => ({
      share: shareOf(endpoint).share / Math.max(1, shareOf(endpoint).tasks),
      tie: tieOf(self.node, endpoint.server),
    })),
  )
  const total = weights.reduce((units, weight) => units + weight, 0)
  const unused = ordered.filter((_, index) => weights[index] === 0)
  const whys = new Map(
    [...shares].map(([node, share]) => [
      node,
      share.share > 0 ? whyUsed(self, share, shares) : whySpared(self, share),
    ]),
  )
  const standby = standbys(self, unused, shareOf, total)
  return new Map(
    ordered.map(({ server, node }, index) => {
      if (standby.has(server)) {
        const leak = percent(1 / (total + standby.size))
        return [
          server,
          { weight: 1, why: `standby: at ${leak} of the traffic, to be there at once`, backup: false },
        ]
      }
      return [server, { weight: weights[index] ?? 0, why: whys.get(node) ?? '', backup: false }]
    }),
  )
}

const NO_SHARE: NodeShare = { zone: null, tasks: 0, tier: 'any', share: 0, full: false }

/**
 * A few tasks that get nothing stand by at weight 1: should all others fail at once, HAProxy goes
 * on without waiting for anybody. The zone's first; else each node takes others, so that the leaks
 * of all nodes do not meet in one task.
 */
function standbys(
  self: Self,
  unused: readonly Candidate[],
  shareOf: (endpoint: Candidate) => NodeShare,
  total: number,
): ReadonlySet<string> {
  const rank = (endpoint: Candidate): number => (shareOf(endpoint).tier === 'any' ? 1 : 0)
  const room = Math.min(MAX_STANDBY, Math.floor((total * MAX_LEAK) / (1 - MAX_LEAK)))
  const chosen = unused
    .map((endpoint) => ({
      server: endpoint.server,
      rank: rank(endpoint),
      tie: tieOf(self.node, endpoint.server),
    }))
    .sort((a, b) => a.rank - b.rank || a.tie - b.tie)
  return new Set(chosen.slice(0, room).map(({ server }) => server))
}
