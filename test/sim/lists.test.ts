import { describe, expect, it } from 'vitest'
import { unfinished } from './liveness.ts'
import { pass, registered, service, until, withdrawAll, worldWith } from './stage.ts'
import {
  lacksApplicationAddresses,
  lacksApplications,
  lacksConfigs,
  lacksServed,
  lacksThirdNode,
} from './swarm/oddity.ts'
import type { Oddity } from './swarm/oddity.ts'

describe('a single list that lacks what is there', () => {
  it.each<[string, Oddity]>([
    ['tasks', lacksServed],
    ['services and their tasks', lacksApplications],
    ['configs', lacksConfigs],
    ['addresses', lacksApplicationAddresses],
    ['nodes', lacksThirdNode],
  ])('removes nothing (%s)', async (_, oddity) => {
    const world = await worldWith(['a', 'b'], 'config')
    const before = registered(world)
    for (const engine of world.engines) engine.distort(oddity, 1)
    await pass(world, 20_000)
    expect(registered(world)).toEqual(before)
  })

  it('removes nothing at an agent that answers just then, after a while of silence', async () => {
    const world = await worldWith(['a', 'b'])
    const before = registered(world)
    const agent = world.consul.agent('n3')
    if (agent === null) throw new Error('no agent')
    world.safety.disturbed(20_000)
    world.consul.pause(agent)
    await pass(world, 8000)
    for (const engine of world.engines) engine.distort(lacksThirdNode)
    await pass(world, 8000)
    world.consul.resume(agent)
    await pass(world, 20_000)
    for (const engine of world.engines) engine.distort(null)
    await pass(world, 20_000)
    expect(registered(world)).toEqual(before)
  })
})

describe('lists that lack what is there', () => {
  it('remove nothing for as long as a minute, and are said to be odd', async () => {
    const world = await worldWith(['a', 'b'])
    const before = registered(world)
    for (const engine of world.engines) engine.distort(lacksServed)
    await pass(world, 60_000)
    expect(registered(world)).toEqual(before)
    expect(world.history.tail(200)).toContain('observation refused')
    for (const engine of world.engines) engine.distort(null)
    await until(world, 10_000, () => unfinished(world).length === 0)
  })

  it('remove nothing for half a minute when it is specs that they lack', async () => {
    const world = await worldWith(['a', 'b', 'c'], 'config')
    const before = registered(world)
    for (const engine of world.engines) engine.distort(lacksConfigs)
    await pass(world, 30_000)
    expect(registered(world)).toEqual(before)
    expect(world.history.tail(200)).toContain('most specs are gone')
  })

  it('are believed in the end', async () => {
    const world = await worldWith(['a', 'b', 'c'], 'config')
    withdrawAll(world)
    await pass(world, 75_000)
    expect(registered(world).filter((id) => id.startsWith('demo_'))).toEqual([])
  })

  it('are believed at once if the tasks that they lack do not answer either', async () => {
    const world = await worldWith(['a', 'b'])
    // All of it happens while no controller is there to see it.
    world.safety.disturbed(30_000)
    for (const controller of world.controllers) controller.crash()
    for (const name of ['a', 'b']) world.swarm.remove(service(world, name))
    withdrawAll(world)
    await pass(world, 30_000)
    expect(registered(world).filter((id) => id.startsWith('demo_'))).toHaveLength(6)
    for (const controller of world.controllers) controller.start()
    await until(world, 20_000, () => registered(world).every((id) => !id.startsWith('demo_')))
  })
})
