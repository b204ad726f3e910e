import { describe, expect, it } from 'vitest'
import type { RegisteredInstance } from '../../src/model/registration.ts'
import type { SwarmSnapshot } from '../../src/model/cluster.ts'
import { accept, goneTasks, owesSecondLook, readPolicies } from '../../src/controller/state.ts'
import type { Bystanders, ControllerState } from '../../src/controller/state.ts'
import {
  config,
  deployment,
  node,
  onlyPolicy,
  planOf,
  service,
  snapshot,
  specText,
  task,
} from './plan/world.ts'

const settings = { deployment, domain: 'example.test', ownHosts: [] }
const IDS = ['t1', 't2', 't3', 't4']

function instance(id: string, maintenance = false): RegisteredInstance {
  return { id: `hello_www.1.${id}:www-hello`, service: 'www-hello', hash: 'h', task: id, maintenance }
}

function facts(changes: Partial<Bystanders> = {}): Bystanders {
  const registered = new Map([['n1', IDS.map((id) => instance(id))]])
  return { registered, failing: new Set(), heldFor: 0, now: 0, isComplete: true, ...changes }
}

const WWW = { selector: { service: 'hello_www' } }
const named = (name: string) => config(name, specText(name, WWW, { namespace: 'hello' }))

/** What comes of observations with these tasks and configs, one every 200 ms. */
function observed(
  observations: readonly Partial<SwarmSnapshot>[],
  bystanders: Partial<Bystanders> = {},
): { readonly verdict: string; readonly state: ControllerState | null } {
  let state: ControllerState | null = null
  let verdict = ''
  for (const [index, changes] of observations.entries()) {
    const seen = snapshot({ services: [service('hello_www')], ...changes })
    const now = 200 * index
    const next = accept(state, state?.known ?? new Map(), seen, facts({ now, ...bystanders }), settings)
    verdict = next.verdict.kind
    state = next.state
  }
  return { verdict, state }
}

const tasks = (...ids: readonly string[]) => ids.map((id) => task(id, 'hello_www'))

describe('serving tasks that a list lacks', () => {
  const lacking = { tasks: tasks('t1', 't2', 't3') }

  it('are absent, and gone once a second list agrees; only the first owes a second look', () => {
    const once = observed([lacking]).state
    expect(once?.absentTasks).toEqual(new Map([['t4', { since: 0, isGone: false }]]))
    expect(once !== null && owesSecondLook(once)).toBe(true)
    const twice = observed([lacking, lacking]).state
    expect(twice !== null && goneTasks(twice)).toEqual(new Set(['t4']))
    expect(twice !== null && owesSecondLook(twice)).toBe(false)
  })

  it.each([
    ['some services alone', { isComplete: false }],
    ['what was there at the same moment', { now: 0 }],
  ])('are not gone for a second list of %s', (_, bystanders) => {
    const { state } = observed([lacking, lacking], bystanders)
    expect(state !== null && goneTasks(state)).toEqual(new Set())
    expect(state !== null && owesSecondLook(state)).toBe(true)
  })

  it('stay gone whatever is listed next, and are absent anew once they were back', () => {
    const all = { tasks: tasks(...IDS) }
    const gone = observed([lacking, lacking]).state
    const later = (state: ControllerState | null, seen: Partial<SwarmSnapshot>, isComplete: boolean) =>
      accept(
        state,
        new Map(),
        snapshot({ services: [service('hello_www')], ...seen }),
        facts({ now: 1000, isComplete }),
        settings,
      ).state
    expect(later(gone, lacking, false)?.absentTasks.get('t4')).toEqual({ since: 0, isGone: true })
    const back = later(gone, all, false)
    expect(back?.absentTasks.size).toBe(0)
    expect(later(back, lacking, true)?.absentTasks.get('t4')).toEqual({ since: 1000, isGone: false })
  })

  it('hold the plan if they are most, unless they fail their checks', () => {
    const seen = [{ tasks: tasks('t1') }]
    expect(observed(seen)).toEqual({ verdict: 'held', state: null })
    const failing = new Set([
      'host-n1/hello_www.1.t2:www-hello:check',
      'host-n1/hello_www.1.t3:www-hello:check',
    ])
    expect(observed(seen, { failing }).verdict).toBe('accepted')
    expect(observed(seen, { failing }).state?.absentTasks.keys().toArray()).toEqual(['t2', 't3', 't4'])
  })

  it('count for nothing if they are drained already, or on a node that is not there', () => {
    const drained = new Map([['n1', IDS.map((id) => instance(id, true))]])
    const elsewhere = new Map([['n9', IDS.map((id) => instance(id))]])
    for (const registered of [drained, elsewhere]) {
      const { verdict, state } = observed([{ tasks: [] }], { registered })
      expect(verdict).toBe('accepted')
      expect(state?.absentTasks.size).toBe(0)
    }
    const nodes = [node('n1', { status: 'down' })]
    expect(observed([{ tasks: [], nodes }]).state?.absentTasks.size).toBe(0)
  })

  it('leave what was known in force while the plan is held', () => {
    const { verdict, state } = observed([{ tasks: tasks(...IDS) }, { tasks: [] }])
    expect(verdict).toBe('held')
    expect(state?.snapshot.tasks).toHaveLength(4)
  })
})

describe('specs that a list lacks', () => {
  const all = { tasks: tasks(...IDS), configs: ['a', 'b', 'c'].map(named) }
  const none = { tasks: tasks(...IDS), configs: [] }

  /** The services in force after `all`, and then observations without specs at these times. */
  function inForceAfter(full: Partial<SwarmSnapshot>, times: readonly number[]): ControllerState {
    let { state } = observed([full])
    for (const now of times) {
      const seen = snapshot({ services: [service('hello_www')], ...none })
      state = accept(state, state?.known ?? new Map(), seen, facts({ now }), settings).state
    }
    if (state === null) throw new Error('nothing was accepted')
    return state
  }

  it('stay in force until a second list agrees, if they are few', () => {
    const few = { ...all, configs: all.configs.slice(0, 2) }
    expect(inForceAfter(few, [0]).known.size).toBe(2)
    expect(owesSecondLook(inForceAfter(few, [0]))).toBe(true)
    expect(inForceAfter(few, [0, 200]).known.size).toBe(0)
  })

  it('are believed by the second list, if their tasks are to go too', () => {
    const removed = { configs: [], tasks: IDS.map((id) => task(id, 'hello_www', { desired: 'remove' })) }
    expect(observed([all, removed]).state?.known.size).toBe(3)
    expect(observed([all, removed, removed]).state?.known.size).toBe(0)
  })

  it('stay in force for a minute, if they are most', () => {
    expect(inForceAfter(all, [0, 200, 59_000]).known.size).toBe(3)
    expect(owesSecondLook(inForceAfter(all, [0, 200]))).toBe(false)
    expect(inForceAfter(all, [0, 200, 59_000, 61_000]).known.size).toBe(0)
  })
})

describe('policies in the store', () => {
  const policy = onlyPolicy(planOf({ configs: [named('www')] }))
  const key = 'shoal/services/hello/www'

  it('are read back as they were written', () => {
    expect([...readPolicies(new Map([[key, JSON.stringify(policy)]])).values()]).toEqual([policy])
  })

  it('have no aliases where a Shoal that knew none wrote them', () => {
    const before = { ...policy, spec: { ...policy.spec, aliases: undefined } }
    expect([...readPolicies(new Map([[key, JSON.stringify(before)]])).values()]).toEqual([policy])
  })

  it.each([
    'null',
    '7',
    '{',
    '{"key":"hello/www"}',
    '{"key":"hello/www","deleted":"2026-01-01T00:00:00Z"}',
    JSON.stringify({ ...policy, spec: undefined }),
    JSON.stringify({ ...policy, spec: { ...policy.spec, ports: undefined } }),
  ])('are none where there is something else (%s)', (text) => {
    expect([...readPolicies(new Map([[key, text]]))]).toEqual([])
  })
})
