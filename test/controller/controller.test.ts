import { describe, expect, it } from 'vitest'
import type { ClusterSnapshot } from '../../src/model/cluster.ts'
import { serviceEvent, start, www } from './rig.ts'

describe('in a minute of rest, the controller', () => {
  it('of a small Swarm looks at everything every five seconds', async () => {
    const { clock, during } = start(3, 10)
    await clock.advance(30_000)
    const { everything, nodes, services } = await during(60_000)
    expect(everything).toBeGreaterThanOrEqual(11)
    expect(everything).toBeLessThanOrEqual(13)
    expect([nodes, services]).toEqual([undefined, undefined])
  })

  it('of a Swarm of 10,000 tasks looks at everything once or twice, and asks who leads twelve times', async () => {
    const { clock, during } = start(3, 10_000)
    await clock.advance(60_000)
    const { everything = 0, nodes = 0, services } = await during(60_000)
    expect([1, 2]).toContain(everything)
    expect(everything + nodes).toBe(12)
    expect(services).toBeUndefined()
  })

  it('asks one of many agents a second, and writes nothing', async () => {
    const { clock, during } = start(100, 100)
    await clock.advance(60_000)
    const calls = await during(60_000)
    expect(calls['agent asked']).toBeGreaterThan(52)
    expect(calls['agent asked']).toBeLessThanOrEqual(61)
    expect(calls['agent told'] ?? 0).toBe(0)
    expect(calls['kv written'] ?? 0).toBe(0)
    expect(calls['events written'] ?? 0).toBe(0)
  })

  it('that does not lead asks for nothing but who does', async () => {
    const { clock, during } = start(3, 10, false)
    await clock.advance(30_000)
    expect(await during(60_000)).toEqual({ nodes: 12 })
  })
})

describe('for a service scaled up by one, the controller', () => {
  it('looks at that service alone and talks to one agent', async () => {
    const { clock, events, world, during } = start(100, 100)
    await clock.advance(60_500)
    world.swarm = { ...world.swarm, instances: [...world.swarm.instances, www(100, 'n7')] }
    const calls = await during(100, () => events.next(serviceEvent('service', 'update')))
    // Looked at twice: at once, and when more may show. Its status is written when the task is there, and when it is registered; what happened, once.
    expect(calls).toMatchObject({ services: 2, 'agent told': 1, 'kv written': 2, 'events written': 1 })
    expect(calls['everything']).toBeUndefined()
    // Before and after, and at most one more in its turn.
    expect(calls['agent asked']).toBeLessThanOrEqual(3)
  })
})

describe('a service whose update is in progress', () => {
  const updating = (swarm: ClusterSnapshot, state = true): ClusterSnapshot => ({
    ...swarm,
    workloads: swarm.workloads.map((each) => (each.name === 'hello_www' ? { ...each, moving: state } : each)),
  })

  it('is looked at five times a second, also where nothing is new in between', async () => {
    const { clock, events, world, during } = start(3, 10)
    await clock.advance(31_000)
    world.swarm = updating(world.swarm)
    events.next(serviceEvent('service', 'update'))
    await clock.advance(2000)
    const { services = 0, everything } = await during(10_000)
    expect(services).toBeGreaterThanOrEqual(45)
    expect(services).toBeLessThanOrEqual(50)
    expect(everything).toBe(2)
    world.swarm = updating(world.swarm, false)
    await clock.advance(5000)
    expect(await during(1000)).not.toHaveProperty('services')
  })
})

describe('after an event, the controller', () => {
  it('looks at once, at least thrice in the first 300 ms, and once more when all has followed', async () => {
    const { clock, events, during } = start(3, 10)
    await clock.advance(31_000)
    const looks: number[] = []
    const event = () => events.next(serviceEvent('service', 'update'))
    for (let at = 0; at <= 1500; at += 10) {
      if ((await during(10, at === 0 ? event : undefined))['services'] === 1) looks.push(at + 10)
    }
    expect(looks[0]).toBe(10)
    expect(looks.filter((at) => at <= 300).length).toBeGreaterThanOrEqual(3)
    expect(looks.at(-1)).toBeGreaterThan(500)
    expect(looks.length).toBeLessThanOrEqual(6)
  })
})

describe('the death of a container on the controller’s own engine', () => {
  it('has its service looked at five times, and not everything', async () => {
    const { clock, events, during } = start(3, 10)
    await clock.advance(31_000)
    const calls = await during(1500, () => events.next(serviceEvent('container', 'die')))
    expect(calls).toMatchObject({ services: 5 })
    expect(calls['everything']).toBeUndefined()
  })
})

describe('a check that newly fails', () => {
  it('has its task’s service looked at, at once', async () => {
    const { clock, failing, during } = start(3, 10)
    await clock.advance(31_000)
    const fail = () => failing.next(new Map([['node/hello_www.1.t0:www-hello:check', 'critical']]))
    expect(await during(10, fail)).toMatchObject({ services: 1 })
    await clock.advance(1000)
    // It is no news.
    expect((await during(1000, fail))['services']).toBeUndefined()
  })
})
