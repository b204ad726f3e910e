/** The node that leads the Swarm dies, and with it the acting controller, maybe Consul's only server: others take over. */
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { waitUntilRunning } from '../../swarm/dev/bring-up.ts'
import { listMembers } from '../../swarm/dev/cluster.ts'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { startApp } from './app.ts'
import type { App } from './app.ts'
import { startLoad } from './load.ts'
import { deployToolbox, untilServedLocally } from './toolbox.ts'
import { isReady, removeStack, servers, world } from './world.ts'
import type { World } from './world.ts'

let target: World
let app: App

beforeAll(async () => {
  target = await world()
  app = await startApp(target, 'leader', 3)
  await deployToolbox(target)
})

afterAll(async () => {
  await app.remove()
  await removeStack(target, 'toolbox')
})

describe('the death of the node that leads the Swarm', () => {
  it('leaves the others answering, and a controller that serves new tasks', async ({ annotate }) => {
    const { cluster } = target
    const dead = await leader()
    const alive = [...cluster.nodes.keys()].filter((node) => node !== dead)
    const [first = 0] = alive
    const old = new Set((await servers(target, first, app.backend)).map(({ name }) => name))
    const urls = alive.map((node) => cluster.node(node).httpUrl)
    const load = startLoad({ urls, host: app.host, rate: 100 })
    onTestFinished(async () => void (await load.stop()))
    await cluster.kill(dead)
    const killed = performance.now()
    try {
      await waitFor(
        'another node to lead',
        async () => await cluster.docker(first, ['service', 'scale', '--detach', `${app.swarmService}=5`]),
        { timeoutMs: 60_000 },
      )
      await waitFor(
        'new tasks in the HAProxies that are left',
        async () => {
          const found = await Promise.all(alive.map((node) => servers(target, node, app.backend)))
          const serveNew = found.every((list) =>
            list.some((server) => isReady(server) && !old.has(server.name)),
          )
          return serveNew || undefined
        },
        // Swarm itself takes most of a minute until it puts Consul's server on another node.
        { timeoutMs: 90_000, everyMs: 500 },
      )
      await annotate(`new tasks served ${((performance.now() - killed) / 1000).toFixed(1)} s after the death`)
      expect((await load.stop()).failures).toEqual([])
    } finally {
      await cluster.start(dead)
      await cluster.ready(first)
    }
    await waitUntilRunning(cluster, 'shoal', { timeoutMs: 120_000 })
    await app.served(5)
    await waitUntilRunning(cluster, 'toolbox', { timeoutMs: 60_000 })
    // On the node that was dead, too: its HAProxy is a new one, and Consul still tells of the old one.
    for (const node of cluster.nodes.keys()) {
      await untilServedLocally(target, { node, libc: 'glibc' }, app.host)
    }
    expect(await failures([...cluster.nodes.keys()], 400)).toEqual([])
  })
})

/** Index of the node that leads. */
async function leader(): Promise<number> {
  const { nodes } = target.cluster
  const name = (await listMembers(target.cluster.node(0))).find((member) => member.leader)?.hostname
  return nodes.findIndex((node) => node.name === name)
}

/** What fails of so many requests to these nodes. */
async function failures(nodes: readonly number[], count: number): Promise<readonly string[]> {
  const urls = nodes.map((node) => target.cluster.node(node).httpUrl)
  const load = startLoad({ urls, host: app.host, rate: 200 })
  await waitFor('the requests to be sent', async () => load.soFar().sent >= count || undefined, {
    timeoutMs: 60_000,
  })
  return (await load.stop()).failures
}
