import { describe, expect, it } from 'vitest'
import type { HeldRegistration } from '../../src/model/registration.ts'
import type { ClusterSnapshot } from '../../src/model/cluster.ts'
import { accept, goneInstances, owesSecondLook } from '../../src/controller/state.ts'
import type { ControllerState, Observation } from '../../src/controller/state.ts'
import { config, deployment, node, workload, snapshot, specText, instance } from './plan/world.ts'

const settings = { deployment, domain: 'example.test', ownHosts: [] }
const IDS = ['t1', 't2', 't3', 't4']

function held(id: string, maintenance = false): HeldRegistration {
  return { id: `hello_www.1.${id}:www-hello`, service: 'www-hello', hash: 'h', instanceId: id, maintenance }
}

/** An observation of this, made while what `state` knows was in force. */
function observation(
  state: ControllerState | null,
  seen: Partial<ClusterSnapshot>,
  changes: Partial<Observation> = {},
): Observation {
  return {
    snapshot: snapshot({ workloads: [workload('hello_www')], ...seen }),
    known: state?.known ?? new Map(),
    registered: new Map([['n1', IDS.map((id) => held(id))]]),
    failing: new Map(),
    heldFor: 0,
    now: 0,
    isComplete: true,
    ...changes,
  }
}

/** The state after an observation: the one before if it was refused. */
function stateAfter(state: ControllerState | null, seen: Observation): ControllerState | null {
  const acceptance = accept(state, seen, settings)
  return acceptance.kind === 'accepted' ? acceptance.state : state
}

const WWW = { selector: { service: 'hello_www' } }
const named = (name: string) => config(name, specText(name, WWW, { namespace: 'hello' }))

/** What comes of observations with these tasks and configs, one every 200 ms. */
function observed(
  observations: readonly Partial<ClusterSnapshot>[],
  beside: Partial<Observation> = {},
): { readonly verdict: string; readonly state: ControllerState | null } {
  let state: ControllerState | null = null
  let verdict = ''
  for (const [index, changes] of observations.entries()) {
    const seen = observation(state, changes, { now: 200 * index, ...beside })
    verdict = accept(state, seen, settings).kind
    state = stateAfter(state, seen)
  }
  return { verdict, state }
}

const tasks = (...ids: readonly string[]) => ids.map((id) => instance(id, 'hello_www'))

describe('serving tasks that a list lacks', () => {
  const lacking = { instances: tasks('t1', 't2', 't3') }

  it('are absent, and gone once a second list agrees; only the first owes a second look', () => {
    const once = observed([lacking]).state
    expect(once?.absentInstances).toEqual(new Map([['t4', { since: 0, isGone: false }]]))
    expect(once !== null && owesSecondLook(once)).toBe(true)
    const twice = observed([lacking, lacking]).state
    expect(twice !== null && goneInstances(twice)).toEqual(new Set(['t4']))
    expect(twice !== null && owesSecondLook(twice)).toBe(false)
  })

  it.each([
    ['some services alone', { isComplete: false }],
    ['what was there at the same moment', { now: 0 }],
  ])('are not gone for a second list of %s', (_, beside) => {
    const { state } = observed([lacking, lacking], beside)
    expect(state !== null && goneInstances(state)).toEqual(new Set())
    expect(state !== null && owesSecondLook(state)).toBe(true)
  })

  it('stay gone whatever is listed next, and are absent anew once they were back', () => {
    const all = { instances: tasks(...IDS) }
    const gone = observed([lacking, lacking]).state
    const later = (state: ControllerState | null, seen: Partial<ClusterSnapshot>, isComplete: boolean) =>
      stateAfter(state, observation(null, seen, { now: 1000, isComplete }))
    expect(later(gone, lacking, false)?.absentInstances.get('t4')).toEqual({ since: 0, isGone: true })
    const back = later(gone, all, false)
    expect(back?.absentInstances.size).toBe(0)
    expect(later(back, lacking, true)?.absentInstances.get('t4')).toEqual({ since: 1000, isGone: false })
  })

  it('hold the plan if they are most, unless they fail their checks', () => {
    const seen = [{ instances: tasks('t1') }]
    expect(observed(seen)).toEqual({ verdict: 'held', state: null })
    const failing = new Map([
      ['host-n1/hello_www.1.t2:www-hello:check', 'critical'],
      ['host-n1/hello_www.1.t3:www-hello:check', 'critical'],
    ] as const)
    expect(observed(seen, { failing }).verdict).toBe('accepted')
    expect(observed(seen, { failing }).state?.absentInstances.keys().toArray()).toEqual(['t2', 't3', 't4'])
  })

  it('hold the plan though few are registered yet, if most of the others are to be', () => {
    const few = new Map([['n1', [held('t1'), held('t2')]]])
    const seen = { instances: tasks(...IDS), specs: [named('www')] }
    expect(observed([seen, { specs: seen.specs }], { registered: few }).verdict).toBe('held')
  })

  it('hold the plan though no check of theirs ran yet', () => {
    const unchecked = new Map(
      IDS.map((id) => [`host-n1/hello_www.1.${id}:www-hello:check`, 'unchecked'] as const),
    )
    expect(observed([{ instances: [] }], { failing: unchecked }).verdict).toBe('held')
  })

  it('do not hold the plan if they were to stop before they were gone', () => {
    const stopping = IDS.map((id) => instance(id, 'hello_www', { desired: 'remove' }))
    const seen = [{ instances: stopping, specs: [named('www')] }, { instances: [] }]
    expect(observed(seen, { registered: new Map() }).verdict).toBe('accepted')
  })

  it('count for nothing if they are drained already, or on a node that is not there', () => {
    const drained = new Map([['n1', IDS.map((id) => held(id, true))]])
    const elsewhere = new Map([['n9', IDS.map((id) => held(id))]])
    for (const registered of [drained, elsewhere]) {
      const { verdict, state } = observed([{ instances: [] }], { registered })
      expect(verdict).toBe('accepted')
      expect(state?.absentInstances.size).toBe(0)
    }
    const nodes = [node('n1', { status: 'down' })]
    expect(observed([{ instances: [], nodes }]).state?.absentInstances.size).toBe(0)
  })

  it('leave what was known in force while the plan is held', () => {
    const { verdict, state } = observed([{ instances: tasks(...IDS) }, { instances: [] }])
    expect(verdict).toBe('held')
    expect(state?.snapshot.instances).toHaveLength(4)
  })
})

describe('specs that a list lacks', () => {
  const all = { instances: tasks(...IDS), specs: ['a', 'b', 'c'].map(named) }
  const none = { instances: tasks(...IDS), specs: [] }

  /** The services in force after `all`, and then observations without specs at these times. */
  function inForceAfter(full: Partial<ClusterSnapshot>, times: readonly number[]): ControllerState {
    let { state } = observed([full])
    for (const now of times) {
      state = stateAfter(state, observation(state, none, { now }))
    }
    if (state === null) throw new Error('nothing was accepted')
    return state
  }

  it('stay in force until a second list agrees, if they are few', () => {
    const few = { ...all, specs: all.specs.slice(0, 2) }
    expect(inForceAfter(few, [0]).known.size).toBe(2)
    expect(owesSecondLook(inForceAfter(few, [0]))).toBe(true)
    expect(inForceAfter(few, [0, 200]).known.size).toBe(0)
  })

  it('are believed by the second list, if their tasks are to go too', () => {
    const removed = {
      specs: [],
      instances: IDS.map((id) => instance(id, 'hello_www', { desired: 'remove' })),
    }
    expect(observed([all, removed]).state?.known.size).toBe(3)
    expect(observed([all, removed, removed]).state?.known.size).toBe(0)
  })

  it('stay in force for a minute, if they are most', () => {
    expect(inForceAfter(all, [0, 200, 59_000]).known.size).toBe(3)
    expect(owesSecondLook(inForceAfter(all, [0, 200]))).toBe(false)
    expect(inForceAfter(all, [0, 200, 59_000, 61_000]).known.size).toBe(0)
  })
})
