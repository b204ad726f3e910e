/**
 * Who sends how much to whom: the capacity-aware rule of locality, as one allocation over the whole
 * cluster that each node agent computes alike from the same facts, so that together they never give
 * a task more than `headroom` times its fair share. Pure; knows nothing of HAProxy or of weights.
 */
import { by } from '../../lib/order.ts'

/** Where a proxy or a task is. */
export interface Place {
  /** Swarm node ID. */
  readonly node: string
  /** Null without a zone: that is no zone in common. */
  readonly zone: string | null
}

type Tier = 'node' | 'zone' | 'any'

/** What one node's tasks, together, get of this proxy's traffic. */
export interface NodeShare {
  readonly zone: string | null
  readonly tasks: number
  readonly tier: Tier
  /** 0 to 1 */
  readonly share: number
  /** Whether headroom, not a nearer tier, is why it gets no more. */
  readonly full: boolean
}

interface Site {
  readonly zone: string | null
  readonly tasks: number
  /** Demand left after the node tier, as a share of the cluster's traffic. */
  readonly demand: number
  /** Capacity left after the node tier, likewise. */
  readonly residual: number
  /** Share of its own traffic that the node's tasks take. */
  readonly local: number
}

/** Below this a share is arithmetic noise. */
const NOISE = 1e-9

/**
 * By node: the share of `self`'s traffic that its tasks get; the shares add up to 1 unless there
 * are no tasks. Each proxy is taken to carry the same traffic. `self` need not be among `proxies`,
 * nor has a task's node to be.
 */
export function nodeShares(
  self: Place,
  proxies: readonly Place[],
  tasks: readonly Place[],
  headroom: number,
): ReadonlyMap<string, NodeShare> {
  if (tasks.length === 0) return new Map()
  const sites = nodeTier([...proxies, self], tasks, Math.max(1, headroom))
  const own = sites.get(self.node)
  if (own === undefined) return new Map()

  const zones = zoneTier(sites)
  const count = proxyCount(proxies, self)
  const zone = own.zone === null ? undefined : zones.get(own.zone)
  const inZone = zone === undefined ? 0 : clean(own.demand * zone.met * count)
  const beyond = clean(own.demand * count - inZone)

  const left = (site: Site): number => site.residual * (1 - (zones.get(site.zone ?? '')?.used ?? 0))
  const spare = sum([...sites.values()].map(left))
  const shares = new Map<string, NodeShare>()
  for (const [node, site] of sites) {
    if (site.tasks === 0) continue
    const isOwnZone = site.zone !== null && site.zone === own.zone
    const other = isOwnZone ? 'zone' : 'any'
    const near = node === self.node ? 'node' : other
    const fromZone = near === 'zone' && zone !== undefined ? portion(inZone, site.residual, zone.residual) : 0
    const fromAny = portion(
      beyond,
      spare > NOISE ? left(site) : site.tasks,
      spare > NOISE ? spare : tasks.length,
    )
    const share = clean((near === 'node' ? site.local : 0) + fromZone + fromAny)
    shares.set(node, { zone: site.zone, tasks: site.tasks, tier: near, share, full: left(site) < NOISE })
  }
  return shares
}

/**
 * Each proxy's node first serves itself, as far as its own tasks' capacity goes. Nodes in a fixed
 * order: sums must agree everywhere.
 */
function nodeTier(
  proxies: readonly Place[],
  tasks: readonly Place[],
  headroom: number,
): ReadonlyMap<string, Site> {
  const zones = new Map<string, string | null>()
  const counts = new Map<string, number>()
  for (const { node, zone } of [...tasks].sort(by(zoneOf))) zones.set(node, zone)
  for (const { node, zone } of [...proxies].sort(by(zoneOf))) zones.set(node, zone)
  for (const { node } of tasks) counts.set(node, (counts.get(node) ?? 0) + 1)

  const proxied = new Set(proxies.map((proxy) => proxy.node))
  const sites = new Map<string, Site>()
  for (const node of [...zones.keys()].sort()) {
    const count = counts.get(node) ?? 0
    const capacity = (headroom * count) / tasks.length
    const local = proxied.has(node) ? Math.min(1, capacity * proxied.size) : 0
    const demand = proxied.has(node) ? clean((1 - local) / proxied.size) : 0
    const residual = clean(capacity - local / proxied.size)
    sites.set(node, { zone: zones.get(node) ?? null, tasks: count, demand, residual, local })
  }
  return sites
}

interface Zone {
  /** Capacity its nodes had left. */
  readonly residual: number
  /** Part of its nodes' demand that the zone itself takes. */
  readonly met: number
  /** Part of its nodes' capacity that goes into that. */
  readonly used: number
}

function zoneTier(sites: ReadonlyMap<string, Site>): ReadonlyMap<string, Zone> {
  const totals = new Map<string, { residual: number; demand: number }>()
  for (const { zone, demand, residual } of sites.values()) {
    if (zone === null) continue
    const total = totals.get(zone) ?? { residual: 0, demand: 0 }
    totals.set(zone, { residual: total.residual + residual, demand: total.demand + demand })
  }
  return new Map(
    [...totals].map(([zone, { residual, demand }]) => [
      zone,
      {
        residual,
        met: demand > NOISE ? Math.min(1, residual / demand) : 1,
        used: residual > NOISE ? Math.min(1, demand / residual) : 1,
      },
    ]),
  )
}

function proxyCount(proxies: readonly Place[], self: Place): number {
  return new Set([...proxies.map(({ node }) => node), self.node]).size
}

function zoneOf({ zone }: Place): string {
  return zone ?? ''
}

function portion(amount: number, part: number, whole: number): number {
  return whole > 0 ? (amount * part) / whole : 0
}

function clean(value: number): number {
  return value < NOISE ? 0 : value
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
