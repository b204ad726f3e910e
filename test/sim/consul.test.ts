import { describe, expect, it } from 'vitest'
import { badText, label } from '../controller/plan/world.ts'
import { atRest, leftovers, unfinished } from './liveness.ts'
import { pass, registered, service, until, withdrawAll, worldWith, runningIn } from './stage.ts'
import type { World } from './world.ts'
import { POLICIES } from '../../src/store/policies.ts'
import { STATUSES } from '../../src/store/statuses.ts'
import { SERVICE_REPORTS } from '../../src/store/reports.ts'

describe('Consul', () => {
  it('wiped has everything back in 20 s, and no request is lost meanwhile', async () => {
    const world = await worldWith(['a', 'b'])
    world.safety.disturbed(20_000)
    world.wipeConsul()
    await pass(world, 5000)
    world.consul.recover()
    await until(world, 20_000, () => unfinished(world).length === 0)
    await pass(world, 70_000)
    expect(leftovers(world)).toEqual([])
  })

  it.each([
    ['whose server lost its power', 10_000, lostServer],
    ['to which all connections broke without a word', 15_000, brokenConnections],
  ])('%s is heard again long before the questions of then are given up', async (_, ms, begin) => {
    const world = await worldWith(['a'])
    const has = (tasks: number) => () =>
      runningIn(world, 'a').length === tasks && unfinished(world).length === 0
    // After its news everybody has just asked again.
    world.swarm.scale(service(world, 'a'), 4)
    await until(world, 20_000, has(4))
    world.safety.disturbed(ms)
    await begin(world)
    world.swarm.scale(service(world, 'a'), 5)
    await until(world, 15_000, has(5))
    expect(registered(world).filter((id) => id.endsWith(':a-demo'))).toHaveLength(5)
  })

  it('wiped while most tasks are removed leaves nobody waiting for these', async () => {
    const world = await worldWith(['a', 'b', 'c', 'd'])
    world.safety.disturbed(30_000)
    world.wipeConsul()
    for (const declared of world.specs.all.values()) {
      if (declared.name === 'd') continue
      world.swarm.remove(service(world, declared.name))
      world.authors.withdraw(declared, null)
    }
    await pass(world, 20_000)
    world.consul.recover()
    await until(world, 30_000, () => unfinished(world).length === 0)
    expect(registered(world).filter((id) => id.startsWith('demo_'))).toHaveLength(3)
  })

  it('wiped brings back the last good spec, though the newest is bad', async () => {
    const world = await worldWith(['a'])
    const [declared] = world.specs.all.values()
    if (declared === undefined) throw new Error('nothing is declared')
    world.swarm.relabel(service(world, 'a'), label(badText('a')))
    declared.bad = true
    await pass(world, 20_000)
    world.safety.disturbed(10_000)
    for (const controller of world.controllers) controller.crash()
    world.wipeConsul()
    await pass(world, 10_000)
    world.consul.recover()
    for (const controller of world.controllers) controller.start()
    await until(world, 30_000, () => unfinished(world).length === 0)
    expect(world.consul.read(POLICIES.prefix).get(POLICIES.key('demo/a'))).toContain(
      `"drain":${declared.good}000`,
    )
  })

  it('agents that hang do not make the controller look without end', async () => {
    const world = await worldWith(['a'])
    world.safety.disturbed(120_000)
    for (const { id } of world.swarm.nodes) {
      const agent = world.consul.agent(id)
      if (agent !== null) world.consul.pause(agent)
    }
    world.swarm.remove(service(world, 'a'))
    withdrawAll(world)
    await pass(world, 40_000)
    const [first] = world.engines
    const before = first?.observations ?? 0
    await pass(world, 30_000)
    expect((first?.observations ?? 0) - before).toBeLessThan(9)
  })

  it('holding nonsense stops nobody', async () => {
    const world = await worldWith(['a'])
    const nonsense = ['null', '7', '"text"', '{}', '[', '{"key":"demo/x"}', '{"key":7,"deleted":1}']
    for (const text of nonsense) {
      world.consul.put(POLICIES.key(`demo/x${text.length}`), text)
      world.consul.put(STATUSES.key(`demo/x${text.length}`), text)
      world.consul.put(SERVICE_REPORTS.key(`node-1/demo/x${text.length}`), text)
    }
    for (const controller of world.controllers) {
      controller.crash()
      controller.start()
    }
    world.swarm.scale(service(world, 'a'), 5)
    await until(world, 30_000, () => atRest(world))
    await pass(world, 10_000)
    expect(registered(world).filter((id) => id.endsWith(':a-demo'))).toHaveLength(5)
    expect([...world.consul.read(STATUSES.prefix).keys()]).toEqual([STATUSES.key('demo/a')])
  })
})

async function lostServer(world: World): Promise<void> {
  world.consul.losePower()
  await pass(world, 10_000)
  world.consul.replaceServer()
}

async function brokenConnections(world: World): Promise<void> {
  world.consul.breakConnections()
  await pass(world, 12_000)
}
