/** What breaks at night: a HAProxy dies, Consul dies, Consul loses all it knows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { startApp } from './app.ts'
import type { App } from './app.ts'
import { get } from './load.ts'
import { PROGRAMS, without } from './shoal-services.ts'
import { consul, containerOf, containersOf, isReady, servers, serversFromVolume, world } from './world.ts'
import type { ServerState, World } from './world.ts'

const TASKS = 4

/** What a node's Consul agent keeps on disk; servers keep nothing. */
const VOLUME = 'shoal_consul-agent'

let target: World
let app: App

beforeAll(async () => {
  target = await world()
  app = await startApp(target, 'faults', TASKS)
})

afterAll(() => app.remove())

/** Waits until Consul calls all tasks passing. */
async function known(): Promise<void> {
  await waitFor(
    `${TASKS} passing tasks in Consul`,
    async () => {
      const path = `health/service/${app.consulService}?passing`
      return (await consul<unknown[]>(target, 0, path)).length === TASKS ? true : undefined
    },
    { timeoutMs: 60_000 },
  )
}

/** Servers that node1's HAProxy sends requests to: ones that stopped a moment ago may still be there. */
async function serving(): Promise<ServerState[]> {
  return (await servers(target, 0, app.backend)).filter(isReady)
}

/** Stops all of Consul, and removes what it has on disk on every node. */
async function wipeConsul({ cluster }: World): Promise<void> {
  await cluster.docker(0, ['service', 'scale', '--detach', 'shoal_consul-server=0'])
  await without(target, ['shoal_consul-agent'], async () => {
    for (const node of cluster.nodes.keys()) {
      const filters = ['--filter', `volume=${VOLUME}`, '--quiet', '--all']
      const containers = (await cluster.docker(node, ['ps', ...filters])).split('\n').filter(Boolean)
      if (containers.length > 0) await cluster.docker(node, ['rm', '--force', ...containers])
      await cluster.docker(node, ['volume', 'rm', VOLUME])
    }
    await cluster.docker(0, ['service', 'scale', '--detach', 'shoal_consul-server=1'])
  })
}

/** Kills a node's HAProxy, waits until another one answers, and gives the seconds that took. */
async function killHaproxy(node: number): Promise<number> {
  const { httpUrl } = target.cluster.node(node)
  const container = await containerOf(target, node, 'shoal_haproxy')
  await target.cluster.docker(node, ['kill', container])
  const killed = performance.now()
  await waitFor(
    'another HAProxy to answer',
    async () => {
      if ((await containerOf(target, node, 'shoal_haproxy')) === container) return undefined
      return (await get(httpUrl, app.host)).status === 200 ? true : undefined
    },
    { timeoutMs: 60_000 },
  )
  return (performance.now() - killed) / 1000
}

describe('a HAProxy that is killed', () => {
  it('comes back as it was, though nobody is there to tell it', async ({ annotate }) => {
    const node = 1
    await without(target, PROGRAMS, async () => {
      const before = await serversFromVolume(target, node, app.backend)
      await annotate(`answers again after ${(await killHaproxy(node)).toFixed(1)} s`)
      expect(before).toHaveLength(TASKS)
      expect(await serversFromVolume(target, node, app.backend)).toEqual(before)
    })
    await app.served(TASKS)
  })
})

describe('a Consul that is killed', () => {
  it.each([
    ['agent', 'shoal_consul-agent'],
    ['server', 'shoal_consul-server'],
  ])('(%s) is replaced, and tasks that come and go meanwhile are known soon', async (_, service) => {
    const load = app.load()
    for (const node of target.cluster.nodes.keys()) {
      for (const container of await containersOf(target, node, service)) {
        await target.cluster.docker(node, ['kill', container])
      }
    }
    await app.scale(TASKS + 2)
    await app.served(TASKS + 2)
    await app.scale(TASKS)
    await app.served(TASKS)
    expect((await load.stop()).failures).toEqual([])
  })
})

describe('a Consul that is wiped', () => {
  it('knows all again, as it was, and no request fails meanwhile', async ({ annotate }) => {
    await known()
    const before = await serving()
    expect(before).toHaveLength(TASKS)
    const load = app.load()
    await wipeConsul(target)
    const back = performance.now()
    await known()
    const seconds = (performance.now() - back) / 1000
    await app.served(TASKS)
    const { sent, failures } = await load.stop()
    await annotate(`${sent} requests, registered again ${seconds.toFixed(1)} s after the agents ran`)
    expect(failures).toEqual([])
    expect(await serving()).toEqual(before)
  })
})
