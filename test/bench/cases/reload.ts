import { loadCase } from '../load-case.ts'
import { waitFor } from '../../../swarm/dev/cluster/wait.ts'
import { get } from '../../e2e/load.ts'
import { allReloads } from '../../e2e/world.ts'
import type { World } from '../../e2e/world.ts'
import { serviceSpec } from '../spec.ts'
import { ALL_NODES, RATE } from './load.ts'

const SERVICES = 20

export const RELOADS = loadCase({
  name: 'add-services',
  title: '20 services declared and taken back one after the other',
  replicas: 4,
  bounds: { failed: 0, measures: { 'reloads a second': 1 } },
  shoalOnly: true,
  load: {
    nodes: ALL_NODES,
    rate: RATE,
    methods: ['GET', 'POST'],
    // Those of one node come on a new connection each.
    options: (node) => (node === 2 ? ['-keepalive=false'] : []),
  },
  async change({ world }, app) {
    const before = await allReloads(world)
    const began = performance.now()
    const numbers = Array.from({ length: SERVICES }, (_, index) => index + 1)
    for (const number of numbers) await declare(world, app.swarmService, number)
    await everywhere(world, numbers, 200)
    // Not faster than they go: most specs gone at once would be doubted for a minute.
    for (const number of numbers) {
      await world.cluster.docker(0, ['config', 'rm', nameOf(number)])
      await everywhere(world, [number], 404)
    }
    const seconds = (performance.now() - began) / 1000
    const after = await allReloads(world)
    const most = Math.max(...after.map((count, node) => count - (before[node] ?? 0)))
    return { measures: { 'reloads a second': most / seconds } }
  },
})

const nameOf = (number: number): string => `bench-${number}`

/** As `shoal apply` does: a Docker config with the spec. */
async function declare({ cluster }: World, service: string, number: number): Promise<void> {
  const args = ['config', 'create', '--label', 'shoal.dev/kind=Service', nameOf(number), '-']
  await cluster.docker(0, args, { input: serviceSpec(nameOf(number), service) })
}

/** Waits until every node answers for all of them with this status. */
async function everywhere({ cluster }: World, numbers: readonly number[], wanted: number): Promise<void> {
  for (const { httpUrl } of cluster.nodes) {
    for (const number of numbers) {
      await waitFor(
        `${nameOf(number)}.bench to be answered with ${wanted}`,
        async () => (await get(httpUrl, `${nameOf(number)}.bench`)).status === wanted || undefined,
        { timeoutMs: 30_000, everyMs: 50 },
      )
    }
  }
}
