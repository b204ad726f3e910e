import { describe, expect, it } from 'vitest'
import type { ClusterSnapshot } from '../../../src/model/cluster.ts'
import { makePlan } from '../../../src/controller/plan/plan.ts'
import type { Plan } from '../../../src/controller/plan/plan.ts'
import { shareFields, shareList } from '../../../src/lib/share.ts'
import { labelled, node, planInput, workload, snapshot, instance } from './world.ts'

const NAMES = ['hello_a', 'hello_b', 'hello_c']
const services = NAMES.map((name) => labelled(name))
const tasks = NAMES.flatMap((name, index) =>
  ['n1', 'n2'].map((nodeId, slot) =>
    instance(`t${index}${slot}`, name, {
      nodeId,
      slot,
      addresses: { shoal_mesh: `10.0.${index}.${slot}` },
    }),
  ),
)
const HERE = snapshot({ workloads: services, instances: tasks })
const BEFORE = makePlan(planInput(HERE))

function next(changes: Partial<ClusterSnapshot>): Plan {
  const input = planInput({ ...HERE, ...changes }, [...BEFORE.policies.values()])
  return makePlan({ ...input, before: BEFORE })
}

/** Keys under which two maps do not hold the very same object. */
function changed(before: ReadonlyMap<string, unknown>, now: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...before.keys(), ...now.keys()])].filter((key) => before.get(key) !== now.get(key))
}

const ONE_MORE = instance('t9', 'hello_b', { slot: 9, addresses: { shoal_mesh: '10.0.9.9' } })

describe('after another look', () => {
  it('that finds nothing new, all of the plan is what it was', () => {
    const plan = next(structuredClone(HERE))
    expect(plan.claims).toBe(BEFORE.claims)
    expect(changed(BEFORE.policies, plan.policies)).toEqual([])
    expect(changed(BEFORE.registrations, plan.registrations)).toEqual([])
  })

  it('that finds one more task, only its service and its node are planned anew', () => {
    const plan = next({ instances: [...tasks, ONE_MORE] })
    expect(plan.claims).toBe(BEFORE.claims)
    expect(changed(BEFORE.policies, plan.policies)).toEqual([])
    expect(changed(BEFORE.byService, plan.byService)).toEqual(['hello/b'])
    expect(changed(BEFORE.registrations, plan.registrations)).toEqual(['n1'])
    const known = new Set([...BEFORE.registrations.values()].flat())
    const made = [...plan.registrations.values()].flat().filter((each) => !known.has(each))
    expect(made.map(({ id }) => id)).toEqual(['hello_b.9.t9:b-hello'])
  })

  it('that finds another spec, only its policy and registrations are made anew', () => {
    const plan = next({
      workloads: services.map((each) =>
        each.name === 'hello_b' ? labelled('hello_b', { tags: ['v2'] }) : each,
      ),
      instances: tasks,
    })
    expect(changed(BEFORE.policies, plan.policies)).toEqual(['hello/b'])
    expect(changed(BEFORE.byService, plan.byService)).toEqual(['hello/b'])
  })

  it.each<[string, Partial<ClusterSnapshot>]>([
    ['one more task', { instances: [...tasks, ONE_MORE] }],
    [
      'a task that stops',
      { instances: tasks.map((each, index) => (index === 0 ? { ...each, desired: 'shutdown' } : each)) },
    ],
    ['a node in another zone', { nodes: [node('n1', { zone: 'a' }), node('n2')] }],
    [
      'a service by its variables',
      {
        workloads: [...services, workload('shop_v', { env: { SERVICE_NAME: 'v' }, publishedPorts: [8080] })],
      },
    ],
    ['aliases', { workloads: [labelled('hello_a', { aliases: ['a.shop'] }), ...services.slice(1)] }],
    ['no nodes', { nodes: [] }],
    ['a spec less', { workloads: services.slice(1) }],
    [
      'a host taken by an older service',
      {
        workloads: [
          ...services,
          labelled('shop_x', { hosts: ['a.hello'] }, { createdAt: '2020-01-01T00:00:00Z' }),
        ],
      },
    ],
  ])('with %s, the plan is what it would be without the one before', (_, changes) => {
    const input = planInput({ ...HERE, ...changes }, [...BEFORE.policies.values()])
    expect(makePlan({ ...input, before: BEFORE })).toEqual(makePlan(input))
  })
})

describe('what is shared', () => {
  it('is a list of the very same items, and fields of the same content', () => {
    const [a, b] = [{ x: 1 }, { x: 1 }]
    const list = [a]
    expect(shareList(list, [a])).toBe(list)
    expect(shareList(list, [b])).not.toBe(list)
    const before = { a: 1, b: [1] }
    expect(shareFields(before, { b: [1], a: 1 })).toBe(before)
    expect(shareFields(before, { a: 1, b: [2] })).toEqual({ a: 1, b: [2] })
    expect(shareFields<object>(before, { a: 1, c: [1] })).toEqual({ a: 1, c: [1] })
    expect(shareFields<object>(before, { a: 1 })).toEqual({ a: 1 })
  })
})
