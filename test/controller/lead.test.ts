import { describe, expect, it } from 'vitest'
import type { LeadDump } from '../../src/controller/dump.ts'
import { EVENTS } from '../../src/store/events.ts'
import { POLICIES } from '../../src/store/policies.ts'
import { STATUSES } from '../../src/store/statuses.ts'
import { config, specText } from './plan/world.ts'
import { start, swarmOf, www } from './rig.ts'
import type { Rig } from './rig.ts'

const KEY = 'hello/www'
const OTHER = swarmOf(3, 10, false)
/** ms after which a controller knows that the lead has moved. */
const NOTICED = 6000

type Running = ReturnType<typeof start>

/** A controller that has led for a minute. */
async function leading(swarm = swarmOf(3, 10)): Promise<Running> {
  const running = start(3, 10)
  running.world.swarm = swarm
  await running.clock.advance(60_000)
  return running
}

/** Another node leads for a while, in which `change` happens; then this one again. Gives the new lead. */
async function regained({ controller, clock, world }: Running, change: () => void): Promise<LeadDump> {
  const { swarm } = world
  world.swarm = OTHER
  await clock.advance(NOTICED)
  expect(controller.snapshot()).toMatchObject({ role: 'standing by', lead: null })
  change()
  world.swarm = swarm
  await clock.advance(NOTICED)
  return leadOf(controller)
}

function leadOf(controller: Running['controller']): LeadDump {
  const { role, lead } = controller.snapshot()
  if (lead === null) throw new Error('it does not lead')
  expect(role).toBe('leading')
  return lead
}

function statusOf({ kv }: Rig) {
  return JSON.parse(kv.get(STATUSES.prefix + KEY) ?? '{}')
}

/** A Swarm whose services but one are declared by configs, of which these are left. */
function declared(names: readonly string[]) {
  const named = (name: string) =>
    config(name, specText(name, { selector: { service: 'hello_www' } }, { namespace: 'team' }))
  return { ...swarmOf(3, 10), specs: names.map(named) }
}

describe('a controller that loses the lead', () => {
  it('holds nothing of it, and begins a new one when it is regained', async () => {
    const running = await leading()
    const before = leadOf(running.controller)
    expect(before.observed).toEqual({ workloads: 2, instances: 13, nodes: 3, specs: 0 })
    const after = await regained(running, () => {})
    expect(Date.parse(after.since)).toBeGreaterThan(Date.parse(before.since) + 60_000)
    expect(after).toEqual({ ...before, since: after.since })
    expect(running.rig.logged.filter((event) => event.startsWith('acting'))).toHaveLength(2)
  })

  it('goes on with the policies and statuses that the other one left', async () => {
    const running = await leading()
    const { kv } = running.rig
    const since = '2020-01-01T00:00:00.000Z'
    const after = await regained(running, () => {
      const policy = JSON.parse(kv.get(POLICIES.prefix + KEY) ?? '{}')
      kv.set(`${POLICIES.prefix}hello/gone`, JSON.stringify({ ...policy, key: 'hello/gone' }))
      const conditions = statusOf(running.rig).conditions.map((condition: object) => ({
        ...condition,
        since,
      }))
      kv.set(STATUSES.prefix + KEY, JSON.stringify({ ...statusOf(running.rig), conditions }))
    })
    expect(kv.get(`${POLICIES.prefix}hello/gone`)).toContain('deleted')
    expect(after.statuses[KEY]?.conditions.map((condition) => condition.since)).toContain(since)
  })

  it('asks the Consul agents anew what they hold', async () => {
    const running = await leading()
    const address = '10.1.0.1'
    const id = 'hello_www.77.t77:www-hello'
    const extra = { id, service: 'www-hello', hash: 'h', instanceId: 't77', maintenance: false }
    const { held } = running.rig
    const stays = { register: () => held.set(address, [...(held.get(address) ?? []), extra]) }
    const after = await regained(running, () => void stays.register())
    expect(after.registered['n2']).toContain(id)
    expect(leadOf(running.controller).missing.instances).toEqual(['t77'])
  })

  it('has no old doubt about observations: each lead holds them for its own time', async () => {
    const running = await leading()
    running.world.swarm = { ...swarmOf(3, 0) }
    await running.clock.advance(4 * 60_000)
    const before = leadOf(running.controller)
    expect(before.refusal).toBe('held')
    const after = await regained(running, () => {})
    expect(after.refusal).toBe('held')
    expect(Date.parse(after.heldSince ?? '')).toBeGreaterThan(Date.parse(before.heldSince ?? '') + 4 * 60_000)
    expect(running.rig.logged.filter((event) => event === 'observation refused')).toHaveLength(2)
  })

  it('has no old doubt about specs that are gone', async () => {
    const running = await leading(declared(['a', 'b', 'c', 'd', 'e', 'f']))
    running.world.swarm = declared([])
    await running.clock.advance(30_000)
    const before = leadOf(running.controller)
    expect(before.missing.services).toHaveLength(6)
    const after = await regained(running, () => {})
    expect(Date.parse(after.mostAbsentSince ?? '')).toBeGreaterThan(
      Date.parse(before.mostAbsentSince ?? '') + 30_000,
    )
  })

  it('has no old doubt about the statuses in Consul', async () => {
    const running = await leading()
    running.rig.fails = (key) => key === STATUSES.prefix
    await running.clock.advance(10_000)
    expect(leadOf(running.controller).statusesInDoubt).toBe(true)
    running.world.swarm = OTHER
    await running.clock.advance(NOTICED)
    const reads: string[] = []
    running.rig.fails = (key) => (reads.push(key), false)
    running.world.swarm = swarmOf(3, 10)
    while (running.controller.snapshot().role !== 'leading') await running.clock.advance(50)
    expect(leadOf(running.controller).statusesInDoubt).toBe(false)
    await running.clock.advance(100)
    // It read them to take over, and then did not have to compare them.
    expect(reads.filter((key) => key === STATUSES.prefix)).toHaveLength(1)
  })

  it('writes no events that it had not written, and forgets those that the other one cleared', async () => {
    const running = await leading()
    const { kv } = running.rig
    running.rig.fails = (key) => key.startsWith(EVENTS.prefix)
    const reasons = () =>
      (EVENTS.decode(kv).entries.get(KEY) ?? []).map(({ reason, count }) => `${reason} ${count}`)
    expect(reasons()).toContain('TaskRegistered 1')
    await regained(running, () => {
      for (const key of kv.keys()) if (key.startsWith(EVENTS.prefix)) kv.delete(key)
      running.rig.fails = () => false
    })
    expect(reasons()).toEqual([])
    running.world.swarm = swarmOf(3, 11)
    await running.clock.advance(10_000)
    expect(reasons()).toContain('TaskRegistered 1')
    expect(reasons().filter((reason) => reason.startsWith('TaskRegistered'))).toHaveLength(1)
  })

  it('changes nothing any more by what was under way', async () => {
    const running = await leading()
    running.rig.writeTime = NOTICED + 2000
    running.world.swarm = swarmOf(3, 11)
    await running.clock.advance(5000)
    running.world.swarm = OTHER
    await running.clock.advance(NOTICED)
    expect(running.controller.snapshot().lead).toBeNull()
    expect(running.controller.snapshot().work.working).toContain('statuses')
    running.rig.writeTime = 0
    const calls = await running.during(10_000)
    expect(Object.keys(calls)).toEqual(['nodes'])
  })
})

describe('a controller that stops', () => {
  it('waits for the writes that are under way, and begins nothing more', async () => {
    const { rig, controller, clock, world, during } = await leading()
    rig.writeTime = 500
    world.swarm = { ...world.swarm, instances: [...world.swarm.instances, www(10, 'n2')] }
    await clock.advance(5000)
    while (!controller.snapshot().work.working.includes('statuses')) await clock.advance(100)
    let stopped = false
    const stopping = controller.stop().then(() => (stopped = true))
    const before = new Map(rig.kv)
    await clock.advance(400)
    expect(stopped).toBe(false)
    await clock.advance(1500)
    await stopping
    expect(rig.kv).not.toEqual(before)
    expect(await during(60_000)).toEqual({})
  })

  it('has nothing to wait for while it stands by', async () => {
    const { controller } = start(3, 10, false)
    await expect(controller.stop()).resolves.toBeUndefined()
  })
})

describe('the dump of a controller', () => {
  it('is plain data, and tells of work that fails and why', async () => {
    const { rig, controller, clock, failing } = await leading()
    rig.fails = (key) => key.startsWith('shoal/')
    failing.next(new Map([['host-n1/hello_www.1.t0:www-hello:check', 'critical']]))
    await clock.advance(3000)
    const dump = controller.snapshot()
    expect(JSON.parse(JSON.stringify(dump))).toEqual(dump)
    expect(dump.work.waiting['statuses']).toMatchObject({ reason: 'no cluster leader' })
    expect(dump.failing).toEqual(['host-n1/hello_www.1.t0:www-hello:check'])
    rig.fails = () => false
    await clock.advance(20_000)
    expect(controller.snapshot().work).toEqual({ queued: [], working: [], waiting: {} })
  })
})
