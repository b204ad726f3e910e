/** Tasks come and go under 200 requests a second: none fails, HAProxy never reloads, and who goes has been left alone before. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { dockerLines } from '../../swarm/dev/docker.ts'
import { LOAD_PATH, startApp } from './app.ts'
import type { App, AppContainer } from './app.ts'
import { answeredBy } from './load.ts'
import { allReloads, world } from './world.ts'
import type { World } from './world.ts'

const LOAD_REQUEST = `GET ${LOAD_PATH}`

let target: World
let app: App

beforeAll(async () => {
  target = await world()
  app = await startApp(target, 'rollout', 2)
})

afterAll(() => app.remove())

describe('a rollout under load', () => {
  it('scales from 2 to 6 and back: no request fails, and who goes is left alone well before SIGTERM', async ({
    annotate,
  }) => {
    const reloadsBefore = await allReloads(target)
    const load = app.load()
    await app.scale(6)
    await app.served(6)
    const tasks = await app.containers()
    expect(tasks).toHaveLength(6)
    await waitFor(
      'each of the 6 tasks to answer',
      async () => tasks.every(({ id }) => answeredBy(load.soFar()).has(id)) || undefined,
      { timeoutMs: 30_000 },
    )

    const logs = new Map(tasks.map((task) => [task.id, followLog(task)]))
    await app.scale(2)
    await app.served(2)
    const left = await waitFor('4 tasks to be gone', async () => atMost(2, await app.containers()), {
      timeoutMs: 60_000,
    })
    const { sent, failures } = await load.stop()
    await annotate(`${sent} requests`)
    expect(failures).toEqual([])
    expect(await allReloads(target)).toEqual(reloadsBefore)

    const kept = new Set(left.map(({ id }) => id))
    const removed = tasks.filter(({ id }) => !kept.has(id))
    expect(removed).toHaveLength(4)
    const others = [...logs].flatMap(([id, { lines }]) => (kept.has(id) ? lines : []))
    for (const { id } of removed) {
      const log = logs.get(id)
      await log?.ended
      const { lastRequest, sigterm } = times(log?.lines ?? [])
      await annotate(`${id}: last request ${(sigterm - lastRequest).toFixed(2)} s before SIGTERM`)
      // Before, it had one every 30 ms. All nodes have one clock.
      const meanwhile = others.filter(
        (line) => line.includes(LOAD_REQUEST) && timeOf(line) > lastRequest && timeOf(line) < sigterm,
      )
      expect(meanwhile.length).toBeGreaterThan(50)
    }
  })

  it('replaces each task by a new one, stop-first, and no request fails', async ({ annotate }) => {
    const reloadsBefore = await allReloads(target)
    const old = await app.containers()
    const load = app.load()
    await target.cluster.docker(0, ['service', 'update', '--force', '--detach', app.swarmService])
    const tasks = await waitFor(
      'new tasks in place of both',
      async () => {
        const now = await app.containers()
        return now.length === 2 && old.every(({ id }) => now.every((task) => task.id !== id))
          ? now
          : undefined
      },
      { timeoutMs: 90_000 },
    )
    await app.served(2)
    await waitFor(
      'the new tasks to answer',
      async () => tasks.every(({ id }) => answeredBy(load.soFar()).has(id)) || undefined,
      { timeoutMs: 30_000 },
    )
    const { sent, failures } = await load.stop()
    await annotate(`${sent} requests`)
    expect(failures).toEqual([])
    expect(await allReloads(target)).toEqual(reloadsBefore)
  })
})

function atMost<T>(count: number, items: readonly T[]): readonly T[] | undefined {
  return items.length <= count ? items : undefined
}

interface ContainerLog {
  /** As far as it is written by now. */
  readonly lines: readonly string[]
  /** Resolves when the container has ended. */
  readonly ended: Promise<void>
}

function followLog({ node, id }: AppContainer): ContainerLog {
  const lines: string[] = []
  const { host } = target.cluster.node(node)
  const ended = dockerLines(['logs', '--follow', id], (line) => lines.push(line), { host })
  return { lines, ended }
}

/** When a container answered the load's last request, and when it was told to stop: by its own log and clock, in seconds. */
function times(log: readonly string[]): { readonly lastRequest: number; readonly sigterm: number } {
  return {
    lastRequest: timeOf(log.findLast((line) => line.includes(LOAD_REQUEST))),
    sigterm: timeOf(log.find((line) => line.endsWith(' SIGTERM'))),
  }
}

function timeOf(line: string | undefined): number {
  return Number(line?.split(' ')[0] ?? Number.NaN)
}
