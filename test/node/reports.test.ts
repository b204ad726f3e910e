import { Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { planNode } from '../../src/node/plan/plan.ts'
import { NodeReports } from '../../src/node/reports.ts'
import type { ProgrammedPlan } from '../../src/node/programming.ts'
import { after, endpoint, endpointsAnswer, policiesAnswer, policy, SELF } from './world.ts'
import { FakeLog, FakeReports } from './rig.ts'
import { VirtualClock } from '../loop/virtual-clock.ts'

const KEY = 'shoal/status/proxies/node1/hello/www'
/** All services in short, for the controller. */
const SHORT = 'shoal/status/programmed/node1/services'

/** hello/www with this many tasks, programmed or on the way. */
function state(tasks: number, done = true): ProgrammedPlan {
  const endpoints = Array.from({ length: tasks }, (_, index) => endpoint(`t${index}`, 'passing'))
  const view = after([policiesAnswer(policy('hello/www')), endpointsAnswer('www-hello', ...endpoints)])
  const backends = new Set(done ? ['hello_www'] : [])
  return { plan: planNode(view, SELF), programmed: { structure: done, backends, refusals: [] } }
}

const NOTHING: ProgrammedPlan = {
  plan: planNode(after([policiesAnswer()]), SELF),
  programmed: { structure: true, backends: new Set(), refusals: [] },
}

function start() {
  const clock = new VirtualClock()
  const kv = new FakeReports(clock)
  const states = new Subject<ProgrammedPlan>()
  const timing = { scheduler: clock, random: () => 0.5 }
  const reports = new NodeReports({ reports: kv.watch, kv }, new FakeLog(), timing)
  reports.start(states)
  const servers = () => Object.keys(JSON.parse(kv.entries.get(KEY) ?? '{}').backends?.hello_www ?? {})
  const writes = (key = KEY) => kv.writes.filter(([, written]) => written === key)
  return { clock, kv, states, servers, writes, reports }
}

describe('reports', () => {
  it('are not written before it is known what is there', async () => {
    const { clock, kv, states, servers } = start()
    states.next(state(2))
    await clock.advance(10_000)
    expect(kv.writes).toEqual([])
    kv.answer()
    await clock.advance(10)
    expect(servers()).toEqual(['t0', 't1'])
  })

  it('are written when something is programmed, not when it is on the way, and not twice', async () => {
    const { clock, kv, states, servers, writes } = start()
    kv.answer()
    states.next(state(1))
    await clock.advance(5000)
    states.next(state(2, false))
    states.next(state(1))
    await clock.advance(5000)
    expect(writes()).toHaveLength(1)
    states.next(state(2))
    await clock.advance(5)
    expect(servers()).toEqual(['t0', 't1'])
    // Its policy is the same: that is no news for the controller.
    expect(writes(SHORT)).toHaveLength(1)
    expect(JSON.parse(kv.entries.get(SHORT) ?? '')).toEqual({
      node: 'node1',
      revisions: { 'hello/www': 'r1' },
      errors: {},
    })
  })

  it('are written at most once a second, and the newest is', async () => {
    const { clock, kv, states, servers, writes } = start()
    kv.answer()
    for (let tasks = 1; tasks <= 25; tasks++) {
      states.next(state(tasks))
      await clock.advance(100)
    }
    await clock.advance(1000)
    expect(servers()).toHaveLength(25)
    expect(writes().length).toBeLessThanOrEqual(4)
    const times = writes().map(([at]) => at)
    expect(Math.min(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toBeGreaterThanOrEqual(
      1000,
    )
  })

  it('are removed with their service, also those of a predecessor', async () => {
    const { clock, kv, states } = start()
    kv.entries.set('shoal/status/proxies/node1/old/one', '{}')
    kv.answer()
    await clock.advance(10_000)
    expect(kv.entries.size).toBe(1)
    states.next(state(1))
    await clock.advance(10)
    expect([...kv.entries.keys()].toSorted()).toEqual([SHORT, KEY])
    states.next(NOTHING)
    await clock.advance(300)
    expect(kv.entries.size).toBe(0)
  })

  it('say what HAProxy refused, also in short', async () => {
    const { clock, kv, states } = start()
    kv.answer()
    const { plan, programmed } = state(1)
    const refusal = {
      file: '50-hello_www.cfg',
      backend: 'hello_www',
      port: null,
      complaint: 'unknown keyword',
    }
    states.next({ plan, programmed: { ...programmed, refusals: [refusal] } })
    await clock.advance(10)
    const error = '50-hello_www.cfg: unknown keyword'
    expect(JSON.parse(kv.entries.get(KEY) ?? '')).toMatchObject({ error })
    expect(JSON.parse(kv.entries.get(SHORT) ?? '')).toMatchObject({ errors: { 'hello/www': error } })
  })

  it('are written again when the store has lost them', async () => {
    const { clock, kv, states, servers } = start()
    kv.answer()
    states.next(state(1))
    await clock.advance(3000)
    kv.entries.clear()
    kv.answer()
    await clock.advance(10)
    expect(servers()).toEqual(['t0'])
  })
})
