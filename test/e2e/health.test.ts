/** Tasks that break: who fails its check gets no requests though its port is open, and who dies takes none with it. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { containerName, startApp } from './app.ts'
import type { App, AppContainer } from './app.ts'
import { answeredBy } from './load.ts'
import type { Load } from './load.ts'
import { consul, execIn, isDraining, isReady, servers, world } from './world.ts'
import type { ServerState, World } from './world.ts'

let target: World
let app: App

beforeAll(async () => {
  target = await world()
  app = await startApp(target, 'health', 3)
})

afterAll(() => app.remove())

describe('a task that answers with errors', () => {
  it('is drained everywhere though its port is open, fails no request from then on, and serves again once it is well', async ({
    annotate,
  }) => {
    const [victim] = await app.containers()
    if (victim === undefined) throw new Error('no task')
    const name = await containerName(target, victim)
    const load = app.load()
    await waitFor('requests to it', async () => requestsTo(victim, load) > 0 || undefined, {
      timeoutMs: 10_000,
    })

    await inContainer(victim, ['pkill', 'php-fpm'])
    const killed = performance.now()
    await seenByConsul(name, 'critical')
    await everywhere(name, isDraining)
    const drained = performance.now()
    await annotate(`drained everywhere ${Math.round(drained - killed)} ms after the kill`)
    expect(await portOf(name)).toBe('nginx is up\n')
    await moreRequests(load, 600)

    await inContainer(victim, ['php-fpm-start'], '--detach')
    await seenByConsul(name, 'passing')
    await everywhere(name, isReady)
    const own = (await servers(target, victim.node, app.backend)).find((server) => server.name === name)
    expect(own?.weight).toBeGreaterThan(0)
    const before = requestsTo(victim, load)
    await waitFor('requests to it again', async () => requestsTo(victim, load) > before + 10 || undefined, {
      timeoutMs: 10_000,
    })
    const { sent, failures, lastFailure } = await load.stop()
    const failedFor = lastFailure === null ? 0 : lastFailure - killed
    await annotate(
      `${failures.length} of ${sent} failed, the last ${Math.round(failedFor)} ms after the kill`,
    )
    expect(lastFailure ?? killed).toBeLessThan(drained)
  })
})

describe('a task that is killed', () => {
  it('takes no request with it: what it had goes to another', async ({ annotate }) => {
    const [victim, ...others] = await app.containers()
    if (victim === undefined) throw new Error('no task')
    const load = app.load()
    await waitFor('requests to it', async () => requestsTo(victim, load) > 0 || undefined, {
      timeoutMs: 10_000,
    })
    await target.cluster.docker(victim.node, ['kill', victim.id])
    const successor = await waitFor(
      'a task in its place',
      async () => {
        const known = new Set([victim, ...others].map(({ id }) => id))
        return (await app.containers()).find(({ id }) => !known.has(id))
      },
      { timeoutMs: 30_000 },
    )
    await waitFor('it to answer', async () => answeredBy(load.soFar()).has(successor.id) || undefined, {
      timeoutMs: 30_000,
    })
    const { sent, failures } = await load.stop()
    await annotate(`${sent} requests`)
    expect(failures).toEqual([])
  })
})

function requestsTo({ id }: AppContainer, load: Load): number {
  return [...load.soFar().bodies.values()].flat().filter((body) => body.includes(id)).length
}

/** Waits until this many more requests have been sent. */
async function moreRequests(load: Load, count: number): Promise<void> {
  const { sent } = load.soFar()
  await waitFor(`${count} requests`, async () => load.soFar().sent >= sent + count || undefined, {
    timeoutMs: 30_000,
  })
}

function inContainer(
  { node, id }: AppContainer,
  command: readonly string[],
  ...options: string[]
): Promise<string> {
  return target.cluster.docker(node, ['exec', ...options, id, ...command])
}

/** Waits until Consul says so of a task's own check. */
async function seenByConsul(name: string, status: string): Promise<void> {
  interface Check {
    readonly ServiceID: string
    readonly Status: string
  }
  await waitFor(
    `Consul to find ${name} ${status}`,
    async () => {
      const checks = await consul<Check[]>(target, 0, `health/checks/${app.consulService}`)
      return checks.some((check) => check.ServiceID.startsWith(name) && check.Status === status) || undefined
    },
    { timeoutMs: 10_000 },
  )
}

/** Waits until a server is so in the HAProxy of every node. */
async function everywhere(name: string, holds: (server: ServerState) => boolean): Promise<void> {
  for (const [node] of target.cluster.nodes.entries()) {
    await waitFor(
      `the HAProxy of node${node + 1} to know of ${name}`,
      async () => {
        const server = (await servers(target, node, app.backend)).find((each) => each.name === name)
        if (server === undefined || !holds(server)) throw new Error(JSON.stringify(server))
        return true
      },
      { timeoutMs: 10_000 },
    )
  }
}

/** What a task's nginx answers without PHP, asked at its own address. */
async function portOf(name: string): Promise<string> {
  const server = (await servers(target, 0, app.backend)).find((each) => each.name === name)
  return await execIn(target, 0, 'shoal_consul-agent', [
    'curl',
    '--silent',
    `http://${server?.address}/static`,
  ])
}
