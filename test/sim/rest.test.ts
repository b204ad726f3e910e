import { describe, expect, it } from 'vitest'
import { atRest, leftovers, unfinished } from './liveness.ts'
import { pass, registered, runningIn, service, until, worldWith } from './stage.ts'

describe('in peace', () => {
  it('nothing is written, and nobody looks more often than needed', async () => {
    const world = await worldWith(['a', 'b'])
    const before = [world.safety.writes, ...world.engines.map(({ observations }) => observations)]
    await pass(world, 60_000)
    const [writes, ...looks] = [
      world.safety.writes,
      ...world.engines.map(({ observations }) => observations),
    ].map((count, index) => count - (before[index] ?? 0))
    expect(writes).toBe(0)
    for (const count of looks) expect(count).toBeLessThan(16)
  })

  it('nothing is written though two services select the same tasks', async () => {
    const world = await worldWith(['a'])
    world.authors.declare(
      world.specs.add({ namespace: 'demo', name: 'also' }, 'demo_a', 'config', null),
      service(world, 'a'),
    )
    await pass(world, 20_000)
    expect(registered(world).filter((id) => id.endsWith(':also-demo'))).toHaveLength(3)
    const { writes } = world.safety
    await pass(world, 30_000)
    expect(world.safety.writes).toBe(writes)
  })

  it('a rollout and scaling lose no request and reload no HAProxy', async () => {
    const world = await worldWith(['a'])
    const reloads = world.proxies.map(({ haproxy }) => haproxy.reloads)
    world.swarm.scale(service(world, 'a'), 6)
    await pass(world, 20_000)
    world.swarm.scale(service(world, 'a'), 2)
    await pass(world, 20_000)
    world.swarm.update(service(world, 'a'))
    await pass(world, 60_000)
    await until(world, 1000, () => atRest(world) && unfinished(world).length === 0)
    expect(leftovers(world)).toEqual([])
    expect(world.proxies.map(({ haproxy }) => haproxy.reloads)).toEqual(reloads)
  })
})

describe('without any controller and node agent', () => {
  it('traffic goes on, also when a HAProxy or a task dies', async () => {
    const world = await worldWith(['a'])
    world.promptness.unattended = true
    for (const process of [...world.controllers, ...world.proxies]) process.crash()
    const { requests } = world.traffic
    await pass(world, 30_000)
    const haproxy = [...world.swarm.tasks.values()].find((task) => task.service.name === 'shoal_haproxy')
    const [victim] = runningIn(world, 'a')
    if (haproxy === undefined || victim === undefined) throw new Error('nothing to kill')
    world.swarm.crash(haproxy)
    await pass(world, 15_000)
    world.swarm.crash(victim)
    await pass(world, 30_000)
    expect(world.traffic.requests - requests).toBeGreaterThan(500)
  })
})
