import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Locality } from '../../../src/model/service.ts'
import { isBackup, weigh } from '../../../src/node/locality/locality.ts'
import type { Weights } from '../../../src/node/locality/locality.ts'
import { anyCluster, cluster, traffic, trafficOf } from '../cluster.ts'
import type { TestCluster, TestNode } from '../cluster.ts'

const PREFER: Locality = { mode: 'prefer', headroom: 1.2 }
const STRICT: Locality = { mode: 'strict', headroom: 1.2 }
const OFF: Locality = { mode: 'off', headroom: 1.2 }

/** How far integer weights may be from the exact shares, and how much leaks to standbys. */
const ROUNDING = 0.005
const LEAK = 0.01

const anyHeadroom = fc.double({ min: 1, max: 4, noNaN: true })

function weightsAt(self: TestNode, { proxies, endpoints }: TestCluster, locality: Locality): Weights {
  return weigh({ self, proxies, endpoints, ...locality })
}

/** What each task gets of all traffic when every proxy has as much as any other. */
function load(world: TestCluster, locality: Locality): ReadonlyMap<string, number> {
  const perProxy = world.proxies.map((proxy) => traffic(weightsAt(proxy, world, locality)))
  const total = ({ server }: { server: string }): number =>
    perProxy.reduce((sum, shares) => sum + (shares.get(server) ?? 0), 0) / world.proxies.length
  return new Map(world.endpoints.map((endpoint) => [endpoint.server, total(endpoint)]))
}

/** What the first node's proxy says of its weights. */
function whysAtFirst(world: TestCluster): readonly string[] {
  const [self] = world.nodes
  if (self === undefined) throw new Error('no node')
  return [...new Set([...weightsAt(self, world, PREFER).values()].map(({ why }) => why))].sort()
}

function sorted(weights: Weights): unknown {
  return [...weights].sort(([a], [b]) => (a < b ? -1 : 1))
}

describe('prefer', () => {
  it('keeps the traffic of evenly spread tasks on their nodes', () => {
    const world = cluster({ node1: ['a', 2], node2: ['a', 2], node3: ['b', 2] })
    for (const node of world.nodes) {
      expect(trafficOf(node.node, weightsAt(node, world, PREFER))).toBeGreaterThanOrEqual(0.99)
    }
  })

  it('overloads no task when all are on two of three nodes', () => {
    const world = cluster({ node1: ['a', 3], node2: ['a', 3], node3: ['b', 0] })
    for (const share of load(world, PREFER).values()) expect(share * 6).toBeLessThan(1.25)
    const weights = world.nodes.map((node) => weightsAt(node, world, PREFER))
    expect(trafficOf('node1', weights[0] ?? new Map())).toBeGreaterThanOrEqual(0.98)
    expect(trafficOf('node2', weights[1] ?? new Map())).toBeGreaterThanOrEqual(0.98)
    expect(trafficOf('node1', weights[2] ?? new Map())).toBeCloseTo(0.5, 2)
  })

  it('sends to the zone before any other node, as far as headroom allows', () => {
    const roomy = cluster({ node1: ['a', 0], node2: ['a', 4], node3: ['b', 2] })
    const [node1] = roomy.nodes
    if (node1 === undefined) throw new Error('no node')
    const shares = weightsAt(node1, roomy, PREFER)
    // Node 2's tasks can take 1.2 × 4/6 of all traffic, of which its own takes a third.
    expect(trafficOf('node2', shares)).toBeGreaterThanOrEqual(0.99)

    const tight = cluster({ node1: ['a', 0], node2: ['a', 3], node3: ['b', 3] })
    expect(trafficOf('node2', weightsAt(node1, tight, PREFER))).toBeCloseTo(0.8, 1)
    expect(trafficOf('node2', weightsAt(node1, tight, { ...PREFER, headroom: 2 }))).toBeGreaterThanOrEqual(
      0.99,
    )
  })

  it('takes no zone for a zone in common with no other', () => {
    const world = cluster({ node1: [null, 0], node2: [null, 2], node3: ['b', 2] })
    const [node1] = world.nodes
    if (node1 === undefined) throw new Error('no node')
    expect(trafficOf('node2', weightsAt(node1, world, PREFER))).toBeCloseTo(0.5, 1)
    expect(whysAtFirst(world)).toEqual(["any: 4 of 4 tasks with room to spare take 100% of node1's traffic"])
  })

  it('uses tasks on nodes without a proxy', () => {
    const { nodes, endpoints } = cluster({ node1: ['a', 1], node2: ['a', 3] })
    const [node1] = nodes
    if (node1 === undefined) throw new Error('no node')
    const weights = weigh({ self: node1, proxies: [node1], endpoints, ...PREFER })
    expect(trafficOf('node1', weights)).toBeCloseTo(0.3, 2)
    expect(trafficOf('node2', weights)).toBeCloseTo(0.7, 2)
  })

  it('counts itself even while nobody else knows of it', () => {
    const { nodes, proxies, endpoints } = cluster({ node1: ['a', 2], node2: ['a', 2] })
    const [self] = nodes
    if (self === undefined) throw new Error('no node')
    const unknown = weigh({ self, proxies: proxies.slice(1), endpoints, ...PREFER })
    expect(unknown).toEqual(weigh({ self, proxies, endpoints, ...PREFER }))
  })

  it('says why in words', () => {
    const world = cluster({ node1: ['a', 2], node2: ['a', 2], node3: ['b', 2] })
    const empty = cluster({ node1: ['a', 0], node2: ['a', 3], node3: ['b', 3] })
    expect(whysAtFirst(world)).toEqual([
      "any: nearer tasks take all of node1's traffic",
      "node: 2 of 6 tasks here take 100% of node1's traffic",
      'standby: at 0.2% of the traffic, to be there at once',
    ])
    expect(whysAtFirst(empty)).toEqual([
      "any: 3 of 6 tasks with room to spare take 20% of node1's traffic",
      "zone a: 3 of 6 tasks with room to spare take 80% of node1's traffic",
    ])
  })

  it('has a standby elsewhere that takes over when all others fail at once', () => {
    const world = cluster({ node1: ['a', 2], node2: ['a', 2], node3: ['b', 2] })
    const [node1] = world.nodes
    if (node1 === undefined) throw new Error('no node')
    const weights = weightsAt(node1, world, PREFER)
    const own = new Set([...weights.keys()].filter((server) => server.endsWith('.on-node1')))
    expect([...traffic(weights, own).values()].some((share) => share > 0)).toBe(true)
    const standbys = [...weights].filter(([, { why }]) => why.startsWith('standby'))
    expect(standbys.map(([server]) => server).filter((server) => server.endsWith('.on-node2'))).toHaveLength(
      2,
    )
  })

  it('spreads the standbys of a large cluster', () => {
    const nodes = Object.fromEntries(
      Array.from({ length: 50 }, (_, index) => [`n${index}`, [null, 1] as const]),
    )
    const world = cluster(nodes)
    const chosen = world.nodes.flatMap((node) =>
      [...weightsAt(node, world, PREFER)]
        .filter(([, { why }]) => why.startsWith('standby'))
        .map(([server]) => server),
    )
    expect(chosen).toHaveLength(100)
    expect(new Set(chosen).size).toBeGreaterThan(25)
  })

  it('gives no task more than headroom times its fair share, whatever the cluster', () => {
    fc.assert(
      fc.property(anyCluster, anyHeadroom, (world, headroom) => {
        const fair = 1 / world.endpoints.length
        for (const share of load(world, { mode: 'prefer', headroom }).values()) {
          expect(share).toBeLessThanOrEqual(headroom * fair + ROUNDING + LEAK)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('is as local as headroom allows, whatever the cluster', () => {
    fc.assert(
      fc.property(anyCluster, anyHeadroom, (world, headroom) => {
        const { proxies, endpoints } = world
        for (const proxy of proxies) {
          const possible = Math.min(1, (headroom * proxy.tasks * proxies.length) / endpoints.length)
          const local = trafficOf(proxy.node, weightsAt(proxy, world, { mode: 'prefer', headroom }))
          expect(Math.abs(local - possible)).toBeLessThanOrEqual(ROUNDING * Math.max(1, proxy.tasks) + LEAK)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('leaves its zone only when the zone is full, whatever the cluster', () => {
    fc.assert(
      fc.property(anyCluster, anyHeadroom, (world, headroom) => {
        const fair = 1 / world.endpoints.length
        const total = load(world, { mode: 'prefer', headroom })
        for (const proxy of world.proxies) {
          if (proxy.zone === null) continue
          const mine = traffic(weightsAt(proxy, world, { mode: 'prefer', headroom }))
          const zoneOf = new Map(world.endpoints.map(({ server, zone }) => [server, zone]))
          const away = [...mine].filter(([server]) => zoneOf.get(server) !== proxy.zone)
          if (away.reduce((sum, [, share]) => sum + share, 0) <= LEAK + ROUNDING * away.length) continue
          const inZone = world.endpoints.filter(({ zone }) => zone === proxy.zone)
          for (const { server } of inZone) {
            expect(total.get(server)).toBeGreaterThanOrEqual(headroom * fair - ROUNDING - LEAK)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})

describe('strict', () => {
  it('never leaves a node that has a healthy task, whatever the cluster', () => {
    fc.assert(
      fc.property(anyCluster, (world) => {
        for (const proxy of world.proxies) {
          const weights = weightsAt(proxy, world, STRICT)
          const expected = proxy.tasks > 0 ? 1 : 0
          expect(trafficOf(proxy.node, weights)).toBeCloseTo(expected)
        }
      }),
    )
  })

  it('goes on with the zone when no own task is left', () => {
    const world = cluster({ node1: ['a', 1], node2: ['a', 3], node3: ['b', 2] })
    const [node1] = world.nodes
    if (node1 === undefined) throw new Error('no node')
    const weights = weightsAt(node1, world, STRICT)
    const shares = traffic(weights, new Set(['www.0.on-node1']))
    expect(shares.get('www.0.on-node2')).toBeCloseTo(1 / 3, 1)
    expect(weights.get('www.0.on-node1')).toMatchObject({ backup: false, weight: 256 })
    expect(weights.get('www.0.on-node2')?.why).toContain('backup, only while no task on node1 is up; zone a:')
  })

  it('marks the same servers as backups whether they are healthy or not', () => {
    fc.assert(
      fc.property(anyCluster, fc.constantFrom(PREFER, STRICT, OFF), (world, locality) => {
        for (const proxy of world.proxies) {
          const weights = weightsAt(proxy, world, locality)
          for (const endpoint of world.endpoints) {
            expect(weights.get(endpoint.server)?.backup).toBe(isBackup(locality.mode, proxy, endpoint))
          }
        }
      }),
    )
  })
})

it('treats all tasks alike when locality is off', () => {
  const world = cluster({ node1: ['a', 1], node2: ['a', 3], node3: ['b', 2] })
  const [node1] = world.nodes
  if (node1 === undefined) throw new Error('no node')
  for (const share of traffic(weightsAt(node1, world, OFF)).values()) expect(share).toBeCloseTo(1 / 6)
})

describe('every mode', () => {
  const anyLocality = fc.record({ mode: fc.constantFrom('prefer', 'strict', 'off'), headroom: anyHeadroom })

  it('gives nothing where there is nothing', () => {
    const { nodes } = cluster({ node1: ['a', 0] })
    const [self] = nodes
    if (self === undefined) throw new Error('no node')
    for (const mode of ['prefer', 'strict', 'off'] as const) {
      expect(weigh({ self, proxies: nodes, endpoints: [], mode, headroom: 1.2 }).size).toBe(0)
    }
  })

  it('weighs every task with an integer from 0 to 256 and leaves someone to serve', () => {
    fc.assert(
      fc.property(anyCluster, anyLocality, (world, locality) => {
        for (const proxy of world.proxies) {
          const weights = weightsAt(proxy, world, locality)
          expect([...weights.keys()].sort()).toEqual(world.endpoints.map(({ server }) => server).sort())
          for (const { weight } of weights.values()) {
            expect(Number.isInteger(weight)).toBe(true)
            expect(weight).toBeGreaterThanOrEqual(0)
            expect(weight).toBeLessThanOrEqual(256)
          }
          const total = [...traffic(weights).values()].reduce((sum, share) => sum + share, 0)
          expect(total).toBeCloseTo(1)
        }
      }),
    )
  })

  it('does not depend on the order in which Consul lists things', () => {
    fc.assert(
      fc.property(anyCluster, anyLocality, fc.infiniteStream(fc.nat()), (world, locality, random) => {
        const shuffle = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => ({ item, at: random.next().value ?? 0 }))
            .sort((a, b) => a.at - b.at)
            .map(({ item }) => item)
        const [self] = world.proxies
        if (self === undefined) throw new Error('no proxy')
        const shuffled = { ...world, proxies: shuffle(world.proxies), endpoints: shuffle(world.endpoints) }
        expect(sorted(weightsAt(self, shuffled, locality))).toEqual(sorted(weightsAt(self, world, locality)))
      }),
    )
  })
})
