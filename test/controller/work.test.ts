import { describe, expect, it } from 'vitest'
import type { HeldRegistration, Registration } from '../../src/model/registration.ts'
import type { Instance, Workload } from '../../src/model/cluster.ts'
import type { ConsulAgentPort, KvPort } from '../../src/controller/ports.ts'
import { accept } from '../../src/controller/state.ts'
import type { ControllerState } from '../../src/controller/state.ts'
import { consulAgentAddress, workConsulAgent, workPolicies } from '../../src/controller/work.ts'
import { nextPolicies } from '../../src/node/view/policies.ts'
import { POLICIES } from '../../src/store/policies.ts'
import { carryOut } from './plan/agent.ts'
import { deployment, instance, label, labelled, onlyPolicy, snapshot, workload } from './plan/world.ts'
import type { Task } from '../docker/task.ts'

const progress = { log: { info: () => {}, warn: () => {}, error: () => {} }, onDone: () => {} }

/** The state after one observation of these tasks of the only service, `hello/www`; of none, that is not there either. */
function stateWith(tasks: readonly Instance[]): ControllerState {
  return stateOf(tasks.length === 0 ? [] : [labelled('hello_www')], tasks)
}

function stateOf(workloads: readonly Workload[], tasks: readonly Instance[] = []): ControllerState {
  const settings = { deployment, domain: 'example.test', ownHosts: [] }
  const observation = {
    snapshot: snapshot({ workloads, instances: tasks }),
    known: new Map(),
    registered: new Map(),
    failing: new Map(),
    heldFor: 0,
    now: 0,
    isComplete: true,
  }
  const acceptance = accept(null, observation, settings)
  if (acceptance.kind !== 'accepted') throw new Error(acceptance.message)
  return acceptance.state
}

const www = (id: string, changes: Partial<Task> = {}) =>
  instance(id, 'hello_www', {
    slot: Number(id.slice(1)),
    addresses: { shoal_mesh: `10.0.0.${id.slice(1)}` },
    ...changes,
  })

/** An agent that takes down what is done to it. */
function agentHolding(held: readonly HeldRegistration[]) {
  let registered = [...held]
  const done: string[] = []
  const port: ConsulAgentPort = {
    registered: () => Promise.resolve(registered),
    register: async (registration: Registration) => {
      done.push(`register ${registration.id}`)
      registered = carryOut(registered, [{ kind: 'register', registration }])
    },
    setMaintenance: async (id, reason) => {
      done.push(`${reason === null ? 'resume' : 'drain'} ${id}`)
      registered = carryOut(registered, [
        reason === null ? { kind: 'resume', id } : { kind: 'drain', id, reason },
      ])
    },
    deregister: async (id) => {
      done.push(`deregister ${id}`)
      registered = carryOut(registered, [{ kind: 'deregister', id, reason: '' }])
    },
  }
  return { port, done }
}

describe('an agent’s work', () => {
  it('begins with drains, and ends with what is to go', async () => {
    const before = stateWith([www('t1'), www('t2'), www('t3')])
    const { port, done } = agentHolding([])
    await workConsulAgent(port, 'n1', () => before, progress)
    done.length = 0
    await port.setMaintenance('hello_www.2.t2:www-hello', 'stops')
    const now = stateWith([
      www('t1', { desired: 'shutdown' }),
      www('t2', { state: 'shutdown', desired: 'shutdown' }),
      www('t3'),
      www('t4'),
    ])
    const after = await workConsulAgent(port, 'n1', () => now, progress)
    expect(done.slice(1)).toEqual([
      'drain hello_www.1.t1:www-hello',
      'register hello_www.4.t4:www-hello',
      'deregister hello_www.2.t2:www-hello',
    ])
    expect(after?.map(({ id, maintenance }) => [id.split(':')[0], maintenance])).toEqual([
      ['hello_www.1.t1', true],
      ['hello_www.3.t3', false],
      ['hello_www.4.t4', false],
    ])
  })

  it('follows the newest plan, not the one there was when the agent was asked', async () => {
    const { port, done } = agentHolding([])
    let state = stateWith([www('t1')])
    const slow = {
      ...port,
      registered: () => port.registered().then((held) => ((state = stateWith([www('t2')])), held)),
    }
    await workConsulAgent(slow, 'n1', () => state, progress)
    expect(done).toEqual(['register hello_www.2.t2:www-hello'])
    expect(await workConsulAgent(port, 'n1', () => null, progress)).toBeNull()
  })

  it('is none on a node that the list lacks', async () => {
    const full = stateWith([www('t1')])
    const { port, done } = agentHolding([])
    await workConsulAgent(port, 'n1', () => full, progress)
    const registrations = new Map([...full.plan.registrations].filter(([id]) => id !== 'n1'))
    await workConsulAgent(port, 'n1', () => ({ ...full, plan: { ...full.plan, registrations } }), progress)
    expect(done).toEqual(['register hello_www.1.t1:www-hello'])
  })
})

describe('the policies’ work', () => {
  const KEY = 'shoal/services/hello/www'
  const state = stateWith([www('t1')])
  const gone = stateWith([])

  function store(): { readonly kv: KvPort; readonly entries: Map<string, string>; writes: number } {
    const entries = new Map<string, string>()
    const counted = {
      entries,
      writes: 0,
      kv: {
        read: (prefix: string) =>
          Promise.resolve(new Map([...entries].filter(([key]) => key.startsWith(prefix)))),
        put: async (key: string, value: string) => {
          counted.writes += 1
          entries.set(key, value)
        },
        delete: async (key: string) => {
          counted.writes += 1
          entries.delete(key)
        },
      },
    }
    return counted
  }

  it('is to write what differs, and nothing else', async () => {
    const world = store()
    await workPolicies(world.kv, state, 0, progress)
    await workPolicies(world.kv, state, 0, progress)
    expect(world.writes).toBe(1)
    expect(JSON.parse(world.entries.get(KEY) ?? '')).toEqual(state.plan.policies.get('hello/www'))
    world.entries.set(KEY, '{"key":"hello/www"}')
    await workPolicies(world.kv, state, 0, progress)
    expect(JSON.parse(world.entries.get(KEY) ?? '')).toEqual(state.plan.policies.get('hello/www'))
  })

  it('is to leave a tombstone in place of what is gone, for ten minutes', async () => {
    const world = store()
    await workPolicies(world.kv, state, 0, progress)
    await workPolicies(world.kv, gone, 1000, progress)
    expect(JSON.parse(world.entries.get(KEY) ?? '')).toEqual({
      key: 'hello/www',
      deleted: '1970-01-01T00:00:01.000Z',
    })
    const { writes } = world
    await workPolicies(world.kv, gone, 10 * 60_000, progress)
    expect(world.writes).toBe(writes)
    await workPolicies(world.kv, gone, 10 * 60_000 + 1001, progress)
    expect(world.entries.size).toBe(0)
  })

  it('is to put a policy where a tombstone was', async () => {
    const world = store()
    world.entries.set(KEY, '{"key":"hello/www","deleted":"1970-01-01T00:00:00Z"}')
    await workPolicies(world.kv, state, 0, progress)
    expect(world.entries.get(KEY)).toContain('"revision"')
  })

  it('is to have node agents keep what nobody else knows any more, until it is declared again or gone', async () => {
    const world = store()
    const bad = stateOf([workload('hello_www', { labels: label('metadata: [') })])
    await workPolicies(world.kv, bad, 0, progress)
    await workPolicies(world.kv, bad, 0, progress)
    expect(world.writes).toBe(1)
    const held = nextPolicies(new Map(), new Map([['hello/www', onlyPolicy(state.plan)]]), new Map(), 0)
    const { entries, malformed } = POLICIES.decode(world.entries)
    const kept = nextPolicies(held, entries, malformed, 1000)
    expect(kept.get('hello/www')).toEqual(held.get('hello/www'))
    await workPolicies(world.kv, state, 0, progress)
    expect(world.entries.get(KEY)).toContain('"revision"')
    world.entries.clear()
    await workPolicies(world.kv, bad, 0, progress)
    await workPolicies(world.kv, stateOf([]), 1000, progress)
    expect(JSON.parse(world.entries.get(KEY) ?? '')).toMatchObject({ deleted: expect.any(String) })
  })
})

it('a Consul agent is asked for as long as its container runs, also while it is stopping, and no sooner', () => {
  const { consulAgent, control } = deployment
  const addressAt = (changes: Partial<Task>) => {
    const agent = instance('a', consulAgent, { addresses: { [control]: '10.1.0.7' }, ...changes })
    return consulAgentAddress(snapshot({ instances: [agent] }), 'n1', deployment)
  }
  expect(addressAt({})).toBe('10.1.0.7')
  expect(addressAt({ desired: 'shutdown' })).toBe('10.1.0.7')
  expect(addressAt({ desired: 'shutdown', state: 'preparing' })).toBeNull()
  expect(addressAt({ state: 'starting' })).toBeNull()
  expect(addressAt({ nodeId: 'n2' })).toBeNull()
})
