import { describe, expect, it } from 'vitest'
import { pass, service, worldWith } from './stage.ts'
import type { World } from './world.ts'
import { EVENTS } from '../../src/store/events.ts'

const KEY = 'demo/a'

function events({ consul }: World) {
  return EVENTS.decode(consul.read(EVENTS.prefix)).entries.get(KEY) ?? []
}

function reasons(world: World): string[] {
  return events(world).map(({ reason }) => reason)
}

/** How often any controller wrote events, as far as the history goes back. */
function eventWrites({ history }: World): number {
  return history
    .tail(Infinity)
    .split('\n')
    .filter((line) => line.includes(`put ${EVENTS.prefix}`)).length
}

describe('events', () => {
  it('tell how a service came up, with every task once', async () => {
    const world = await worldWith(['a'])
    expect(reasons(world)).toEqual(
      expect.arrayContaining(['PolicyChanged', 'Accepted', 'Registered', 'Ready']),
    )
    const registered = events(world).filter(({ reason }) => reason === 'TaskRegistered')
    expect(registered.map(({ count }) => count)).toEqual([1, 1, 1])
  })

  it('tell of scaling, in few writes', async () => {
    const world = await worldWith(['a'])
    const before = eventWrites(world)
    const start = world.clock.now()
    world.swarm.scale(service(world, 'a'), 5)
    await pass(world, 20_000)
    world.swarm.scale(service(world, 'a'), 2)
    await pass(world, 20_000)
    const newer = events(world).filter(({ lastSeen }) => Date.parse(lastSeen) >= start)
    const count = (reason: string) => newer.filter((event) => event.reason === reason).length
    expect(['TaskRegistered', 'TaskDraining', 'TaskDeregistered'].map(count)).toEqual([2, 3, 3])
    expect(eventWrites(world) - before).toBeGreaterThan(0)
    expect(eventWrites(world) - before).toBeLessThanOrEqual(10)
  })

  it('go on under a new leader, and are only history when Consul is wiped', async () => {
    const world = await worldWith(['a'])
    const [, second] = world.engines
    if (second === undefined) throw new Error('no engines')
    const before = reasons(world)
    world.swarm.elect(second.node)
    await pass(world, 20_000)
    world.swarm.scale(service(world, 'a'), 4)
    await pass(world, 20_000)
    expect(reasons(world)).toEqual(expect.arrayContaining(before))
    expect(reasons(world).filter((reason) => reason === 'TaskRegistered')).toHaveLength(4)
    const wiped = world.clock.now()
    world.safety.disturbed(60_000)
    world.wipeConsul()
    world.consul.recover()
    await pass(world, 60_000)
    expect(Date.parse(events(world).at(-1)?.lastSeen ?? '')).toBeGreaterThan(wiped)
  })
})
