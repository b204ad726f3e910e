import { describe, expect, it } from 'vitest'
import { replaceWorkloads, workloadNames } from '../../src/docker/merge.ts'
import { node, workload, snapshot, instance } from './model.ts'

const before = snapshot({
  workloads: [workload('a'), workload('b')],
  instances: [instance('t1', 'a'), instance('t2', 'b'), instance('t3', 'a')],
  nodes: [node('n1'), node('n2')],
})

describe('replaceWorkloads', () => {
  it('replaces the services that were asked for, and all their tasks', () => {
    const after = replaceWorkloads(
      before,
      ['a'],
      [workload('a', { wanted: 2 })],
      [{ ID: 't4', ServiceID: 'a', DesiredState: 'running' }],
    )
    expect(after.workloads).toEqual([workload('a', { wanted: 2 }), workload('b')])
    expect(after.instances.map((each) => [each.id, each.workload])).toEqual([
      ['t2', 'stack_b'],
      ['t4', 'stack_a'],
    ])
  })

  it('keeps nodes, configs and the rest', () => {
    const after = replaceWorkloads(before, ['a'], [], [])
    expect({ ...after, workloads: before.workloads, instances: before.instances }).toEqual(before)
  })

  it('drops a service that is no longer listed, and keeps showing its tasks as long as they are, under its name', () => {
    const after = replaceWorkloads(
      before,
      ['a'],
      [],
      [{ ID: 't1', ServiceID: 'a', DesiredState: 'remove', Status: { State: 'running' } }],
    )
    expect(after.workloads).toEqual([workload('b')])
    expect(after.instances).toEqual([
      expect.objectContaining({
        id: 't1',
        workload: 'stack_a',
        phase: 'stopping',
        why: 'Swarm wants the task remove',
      }),
      instance('t2', 'b'),
    ])
    const later = replaceWorkloads(after, ['a'], [], [{ ID: 't1', ServiceID: 'a' }])
    expect(later.instances[0]?.workload).toBe('stack_a')
  })

  it('leaves out tasks of services that were not asked for: their services are older than they', () => {
    const after = replaceWorkloads(
      before,
      ['a'],
      [workload('a')],
      [
        { ID: 't9', ServiceID: 'b' },
        { ID: 't8', ServiceID: 'c' },
      ],
    )
    expect(after.instances).toEqual([instance('t2', 'b')])
  })

  it('adds a service that was not there before', () => {
    const after = replaceWorkloads(before, ['aa'], [workload('aa')], [{ ID: 't0', ServiceID: 'aa' }])
    expect(after.workloads.map(({ id }) => id)).toEqual(['a', 'aa', 'b'])
    expect(after.instances[0]).toMatchObject({ id: 't0', workload: 'stack_aa' })
  })
})

describe('workloadNames', () => {
  it('knows the newest name of each service, and those of services removed', () => {
    const names = workloadNames(before, [workload('a', { name: 'renamed' }), workload('c')])
    expect([...names]).toEqual([
      ['a', 'renamed'],
      ['b', 'stack_b'],
      ['c', 'stack_c'],
    ])
  })

  it('needs no previous snapshot', () => {
    expect([...workloadNames(null, [workload('a')])]).toEqual([['a', 'stack_a']])
  })
})
