import { describe, expect, it } from 'vitest'
import { guardSnapshot } from '../../../src/controller/plan/guard.ts'
import type { GuardVerdict } from '../../../src/controller/plan/guard.ts'
import { workload, snapshot, instance } from './world.ts'

const ids = (count: number) => Array.from({ length: count }, (_, index) => `t${index + 1}`)

/** The verdict on a list that has the first `listed` of `serving` tasks. */
function verdict(listed: number, serving: number): GuardVerdict['kind'] {
  const tasks = ids(listed).map((id) => instance(id, 'hello_www'))
  return guardSnapshot(
    snapshot({ workloads: [workload('hello_www')], instances: tasks }),
    new Set(ids(serving)),
  ).kind
}

describe('a list', () => {
  it.each([
    [10, 10, 'accepted'],
    [5, 10, 'accepted'],
    [4, 10, 'held'],
    [0, 10, 'held'],
    [3, 6, 'accepted'],
    [2, 5, 'held'],
    [2, 4, 'accepted'],
    [1, 4, 'held'],
  ] as const)('with %i of %i serving tasks is %s', (listed, serving, expected) => {
    expect(verdict(listed, serving)).toBe(expected)
  })

  it('without the tasks of a small stack is accepted: such come and go', () => {
    expect(verdict(0, 2)).toBe('accepted')
    expect(verdict(0, 1)).toBe('accepted')
    expect(verdict(0, 3)).toBe('held')
  })

  it('in which tasks have stopped or are to stop lacks none of them', () => {
    const stopping = ids(5).map((id) => instance(id, 'hello_www', { desired: 'remove' }))
    const failed = ids(5).map((id) => instance(id, 'hello_www', { state: 'failed' }))
    for (const tasks of [stopping, failed]) {
      expect(guardSnapshot(snapshot({ instances: tasks }), new Set(ids(5)))).toEqual({ kind: 'accepted' })
    }
  })

  it('says what is missing when it is held', () => {
    expect(guardSnapshot(snapshot(), new Set(ids(4)))).toMatchObject({
      kind: 'held',
      missing: 4,
      known: 4,
      message: expect.stringContaining('4 of 4'),
    })
  })

  it('with a running task whose service it lacks is incoherent', () => {
    expect(guardSnapshot(snapshot({ instances: [instance('t1', 'hello_www')] }), new Set())).toMatchObject({
      kind: 'incoherent',
      message: expect.stringContaining('t1'),
    })
  })

  it('with the last tasks of a removed service is coherent', () => {
    const tasks = [
      instance('t1', 'hello_www', { desired: 'remove' }),
      instance('t2', 'hello_www', { state: 'shutdown' }),
    ]
    expect(guardSnapshot(snapshot({ instances: tasks }), new Set()).kind).toBe('accepted')
  })
})
