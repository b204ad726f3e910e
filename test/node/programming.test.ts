import { Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { planNode } from '../../src/node/plan/plan.ts'
import type { NodePlan } from '../../src/node/plan/plan.ts'
import { HaproxyProgramming } from '../../src/node/programming.ts'
import type { ProgrammedPlan } from '../../src/node/programming.ts'
import { after, endpoint, endpointsAnswer, policiesAnswer, policy, SELF } from './world.ts'
import { FakeHaproxy, FakeLog } from './rig.ts'
import { hostsOn } from '../haproxy/listeners.ts'
import { VirtualClock } from '../loop/virtual-clock.ts'
import { asServiceKey, partsOfKey } from '../../src/model/names.ts'
import type { ServiceKey } from '../../src/model/service.ts'

type Tasks = Readonly<Record<ServiceKey, readonly string[]>>

/** Services with the names of their passing tasks. */
function plan(services: Tasks): NodePlan {
  const keys = Object.keys(services).flatMap((key) => asServiceKey(key) ?? [])
  const answers = keys.map((key) => {
    const { namespace, name } = partsOfKey(key)
    return endpointsAnswer(
      `${name}-${namespace}`,
      ...(services[key] ?? []).map((task) => endpoint(task, 'passing')),
    )
  })
  return planNode(after([policiesAnswer(...keys.map((key) => policy(key))), ...answers]), SELF)
}

function start() {
  const clock = new VirtualClock()
  const haproxy = new FakeHaproxy(clock)
  const log = new FakeLog()
  const plans = new Subject<NodePlan>()
  const told: ProgrammedPlan[] = []
  const programming = new HaproxyProgramming(haproxy, log, { scheduler: clock, random: () => 0.5 })
  programming.states.subscribe((state) => told.push(state))
  programming.start(plans)
  const servers = (name: string) => haproxy.backends.get(name)?.servers.map((server) => server.name)
  return { clock, haproxy, log, plans, told, servers, programming }
}

async function settled(services: Tasks) {
  const started = start()
  started.plans.next(plan(services))
  await started.clock.advance(1500)
  started.haproxy.news()
  return started
}

const TWO: Tasks = { 'a/x': ['x1'], 'b/y': ['y1'] }

describe('HaproxyProgramming', () => {
  it('does nothing before the first plan', async () => {
    const { clock, haproxy } = start()
    await clock.advance(60_000)
    expect(haproxy.calls).toEqual([])
  })

  it('programs the backend that changed, and no other', async () => {
    const { clock, haproxy, plans, servers } = await settled(TWO)
    plans.next(plan({ ...TWO, 'a/x': ['x1', 'x2'] }))
    await clock.advance(10)
    expect(haproxy.news()).toEqual(['a_x'])
    expect(servers('a_x')).toEqual(['x1', 'x2'])
  })

  it('reloads for a new backend, at most once a second, with all that is new by then', async () => {
    const { clock, haproxy, plans } = start()
    for (let count = 1; count <= 30; count++) {
      plans.next(plan(Object.fromEntries(Array.from({ length: count }, (_, index) => [`s/n${index}`, []]))))
      await clock.advance(100)
    }
    await clock.advance(1500)
    expect(haproxy.backends.size).toBe(30)
    expect(haproxy.reloads).toBeGreaterThan(1)
    expect(haproxy.reloads).toBeLessThanOrEqual(4)
    const structures = haproxy.calls.filter(([, what]) => what === 'structure').map(([at]) => at)
    expect(
      Math.min(...structures.slice(1).map((at, index) => at - (structures[index] ?? 0))),
    ).toBeGreaterThanOrEqual(1000)
  })

  it('leaves a backend that nothing leads to for some seconds, and then reloads', async () => {
    const { clock, haproxy, plans } = await settled(TWO)
    const { reloads } = haproxy
    plans.next(plan({ 'a/x': ['x1'] }))
    await clock.advance(200)
    expect(hostsOn(haproxy.listeners, 80)).toEqual({ 'x.a': 'a_x' })
    await clock.advance(4700)
    expect([haproxy.reloads, haproxy.backends.has('b_y')]).toEqual([reloads, true])
    await clock.advance(200)
    expect([haproxy.reloads, haproxy.backends.has('b_y')]).toEqual([reloads + 1, false])
    await clock.advance(20_000)
    expect(haproxy.reloads).toBe(reloads + 1)
  })

  it('takes it out with the next reload, which does not wait', async () => {
    const { clock, haproxy, plans } = await settled(TWO)
    const { reloads } = haproxy
    plans.next(plan({ 'a/x': ['x1'] }))
    await clock.advance(200)
    plans.next(plan({ 'a/x': ['x1'], 'c/z': ['z1'] }))
    await clock.advance(100)
    expect([haproxy.reloads, [...haproxy.backends.keys()]]).toEqual([reloads + 1, ['a_x', 'c_z']])
    await clock.advance(20_000)
    expect(haproxy.reloads).toBe(reloads + 1)
  })

  it('has one back that was left, without a reload', async () => {
    const { clock, haproxy, plans, servers } = await settled(TWO)
    const { reloads } = haproxy
    plans.next(plan({ 'a/x': ['x1'] }))
    await clock.advance(1000)
    plans.next(plan({ ...TWO, 'b/y': ['y2'] }))
    await clock.advance(20_000)
    expect([haproxy.reloads, servers('b_y')]).toEqual([reloads, ['y2']])
    expect(hostsOn(haproxy.listeners, 80)).toHaveProperty(['y.b'], 'b_y')
  })

  it('never calls HAProxy twice at once, and programs the newest state after a long reload', async () => {
    const { clock, haproxy, log, plans, servers } = await settled(TWO)
    haproxy.latency = 500
    plans.next(plan({ ...TWO, 'c/z': ['z1'] }))
    await clock.advance(100)
    plans.next(plan({ ...TWO, 'a/x': ['x2'], 'c/z': ['z1'] }))
    await clock.advance(4000)
    expect(log.events.filter((event) => event.startsWith('warn'))).toEqual([])
    expect(servers('a_x')).toEqual(['x2'])
    expect(servers('c_z')).toEqual(['z1'])
  })

  it('puts right what somebody else changed, within seconds and without being asked', async () => {
    const { clock, haproxy, servers } = await settled(TWO)
    const { reloads } = haproxy
    haproxy.loseServers('a_x')
    expect(servers('a_x')).toEqual([])
    await clock.advance(5500)
    expect(servers('a_x')).toEqual(['x1'])
    haproxy.listeners = null
    await clock.advance(6000)
    expect(haproxy.reloads).toBe(reloads + 1)
  })

  it('compares many backends one after the other, ten a second at most', async () => {
    const many = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`n/s${index}`, ['x']]))
    const { clock, haproxy } = await settled(many)
    await clock.advance(30_000)
    haproxy.news()
    await clock.advance(10_000)
    const compared = haproxy.news().filter((name) => name !== 'structure')
    expect(compared.length).toBeGreaterThan(80)
    expect(compared.length).toBeLessThanOrEqual(101)
    expect(new Set(compared).size).toBe(compared.length)
  })

  it('has a backend reloaded that HAProxy does not know', async () => {
    const { clock, haproxy, servers, plans } = await settled(TWO)
    haproxy.backends.delete('a_x')
    plans.next(plan({ ...TWO, 'a/x': ['x2'] }))
    await clock.advance(2500)
    expect(servers('a_x')).toEqual(['x2'])
  })

  it('goes on when HAProxy is back, and says so once', async () => {
    const { clock, haproxy, log, plans, servers } = await settled(TWO)
    haproxy.down = true
    plans.next(plan({ ...TWO, 'a/x': ['x2'] }))
    await clock.advance(30_000)
    haproxy.down = false
    await clock.advance(2500)
    expect(servers('a_x')).toEqual(['x2'])
    expect(log.events.slice(1)).toEqual(['warn: haproxy could not be programmed', 'haproxy answers again'])
  })

  it('comes back to servers with requests in flight', async () => {
    const { clock, haproxy, plans } = await settled(TWO)
    haproxy.busy = ['x1']
    plans.next(plan({ ...TWO, 'a/x': ['x2'] }))
    const calls = () => haproxy.news().filter((name) => name === 'a_x').length
    await clock.advance(1800)
    expect(calls()).toBeGreaterThanOrEqual(4)
    haproxy.busy = []
    await clock.advance(500)
    calls()
    await clock.advance(1000)
    // Compared in its turn at most.
    expect(calls()).toBeLessThanOrEqual(1)
  })

  it('tells how far the newest plan is carried out', async () => {
    const { clock, haproxy, plans, told } = start()
    plans.next(plan(TWO))
    expect(told.at(-1)?.programmed).toEqual({ structure: false, backends: new Set(), refusals: [] })
    await clock.advance(1500)
    expect(told.at(-1)?.programmed).toEqual({
      structure: true,
      backends: new Set(['a_x', 'b_y']),
      refusals: [],
    })
    haproxy.down = true
    plans.next(plan({ ...TWO, 'a/x': ['x2'], 'c/z': [] }))
    await clock.advance(1000)
    expect(told.at(-1)?.programmed.structure).toBe(false)
    expect(told.at(-1)?.programmed.backends).toEqual(new Set(['b_y']))
  })

  it('tells what HAProxy refused, logs it once, and does not press it', async () => {
    const { clock, haproxy, log, plans, told } = start()
    haproxy.refused = [{ file: '50-a_x.cfg', backend: 'a_x', port: null, complaint: 'no' }]
    plans.next(plan(TWO))
    await clock.advance(20_000)
    expect(told.at(-1)?.programmed.refusals).toEqual(haproxy.refused)
    expect(log.events.filter((event) => event.startsWith('error'))).toEqual([
      'error: haproxy refused a part of its config',
    ])
    expect(haproxy.reloads).toBe(1)
    const { length } = haproxy.calls.filter(([, what]) => what === 'structure')
    expect(length).toBeLessThanOrEqual(7)
  })
})
