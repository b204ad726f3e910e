import * as fc from 'fast-check'
import type { Candidate, Self, Weights } from '../../src/node/locality/locality.ts'

export interface TestNode extends Self {
  /** Tasks on it. */
  readonly tasks: number
  readonly proxied: boolean
}

export interface TestCluster {
  readonly nodes: readonly TestNode[]
  readonly proxies: readonly TestNode[]
  readonly endpoints: readonly Candidate[]
}

/** `{ node1: [zone, tasks] }` */
export function cluster(
  nodes: Readonly<Record<string, readonly [zone: string | null, tasks: number]>>,
): TestCluster {
  return clusterOf(
    Object.entries(nodes).map(([node, [zone, tasks]]) => ({
      node,
      nodeName: node,
      zone,
      tasks,
      proxied: true,
    })),
  )
}

function clusterOf(nodes: readonly TestNode[]): TestCluster {
  return {
    nodes,
    proxies: nodes.filter(({ proxied }) => proxied),
    endpoints: nodes.flatMap(({ node, zone, tasks }) =>
      Array.from({ length: tasks }, (_, index) => ({ server: `www.${index}.on-${node}`, node, zone })),
    ),
  }
}

/** Up to seven nodes with up to a hundred tasks, some nodes without a zone, a proxy or a task; at least one of each. */
export const anyCluster: fc.Arbitrary<TestCluster> = fc
  .array(
    fc.record({
      zone: fc.constantFrom(null, 'a', 'b', 'c'),
      tasks: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 14 })),
      proxied: fc.boolean(),
    }),
    { minLength: 1, maxLength: 7 },
  )
  .map((nodes) =>
    clusterOf(nodes.map((each, index) => ({ ...each, node: `n${index}`, nodeName: `node${index}` }))),
  )
  .filter(({ proxies, endpoints }) => proxies.length > 0 && endpoints.length > 0)

/** What each server gets of the traffic of a HAProxy with these weights: 0 to 1. */
export function traffic(
  weights: Weights,
  down: ReadonlySet<string> = new Set(),
): ReadonlyMap<string, number> {
  const up = [...weights].filter(([server, { weight }]) => weight > 0 && !down.has(server))
  const first = up.filter(([, { backup }]) => !backup)
  const used = first.length > 0 ? first : up
  const total = used.reduce((sum, [, { weight }]) => sum + weight, 0)
  return new Map([...weights.keys()].map((server) => [server, share(used, server, total)]))
}

function share(
  used: readonly (readonly [string, { readonly weight: number }])[],
  server: string,
  total: number,
): number {
  return (used.find(([name]) => name === server)?.[1].weight ?? 0) / total
}

/** What a node's tasks get together. */
export function trafficOf(node: string, weights: Weights): number {
  return [...traffic(weights)]
    .filter(([server]) => server.endsWith(`.on-${node}`))
    .reduce((sum, [, part]) => sum + part, 0)
}
