/** Shoal's own containers come, go and stay away: nobody notices. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startApp } from './app.ts'
import type { App } from './app.ts'
import { redeployShoal } from './dashboards.ts'
import { PROGRAMS, restartAll, without } from './shoal-services.ts'
import { deployToolbox, untilResolved, untilServedLocally } from './toolbox.ts'
import { allAddressesOf, allReloads, removeStack, world } from './world.ts'
import type { World } from './world.ts'

let target: World
let app: App

beforeAll(async () => {
  target = await world()
  app = await startApp(target, 'upgrade', 3)
  await deployToolbox(target)
})

afterAll(async () => {
  await app.remove()
  await removeStack(target, 'toolbox')
})

describe('while requests come in', () => {
  it('an upgrade of the controller and of the node agents fails none of them', async ({ annotate }) => {
    const before = await allReloads(target)
    const load = app.load()
    await restartAll(target, PROGRAMS)
    const { sent, failures } = await load.stop()
    await annotate(`${sent} requests`)
    expect(failures).toEqual([])
    expect(await allReloads(target)).toEqual(before)
    // They do their work afterwards.
    await app.scale(4)
    await app.served(4)
  })

  it('an upgrade from the stack file before this one fails none of them, and leaves nothing of it', async ({
    annotate,
  }) => {
    await redeployShoal(target, {}, 'test/e2e/stacks/before.stack.yml')
    await app.scale(3)
    await app.served(3)
    const load = app.load()
    await redeployShoal(target, {})
    await app.scale(4)
    await app.served(4)
    const { sent, failures } = await load.stop()
    await annotate(`${sent} requests`)
    expect(failures).toEqual([])
    const services = await target.cluster.docker(0, ['service', 'ls', '--format', '{{.Name}}'])
    expect(services.split('\n')).toContain('shoal_node')
    expect(services).not.toContain('shoal_proxy')
  })

  it('traffic and DNS go on without any container of Shoal', async ({ annotate }) => {
    const load = app.load()
    await without(target, PROGRAMS, async () => {
      const answeredBefore = load.soFar().sent
      const tasks = await allAddressesOf(target, app.swarmService)
      expect(tasks).toHaveLength(4)
      for (const node of [0, 1, 2]) {
        const client = { node, libc: 'glibc' } as const
        await untilServedLocally(target, client, app.host)
        await untilResolved(target, client, `${app.consulService}.service.consul`, tasks)
      }
      const { sent, failures } = await load.stop()
      await annotate(`${sent} requests, ${sent - answeredBefore} of them without Shoal`)
      expect(failures).toEqual([])
      expect(sent).toBeGreaterThan(answeredBefore)
    })
    await app.scale(3)
    await app.served(3)
  })
})
