import { describe, expect, it } from 'vitest'
import { movingWorkloads } from '../../../src/controller/plan/moving.ts'
import { node, workload, snapshot, instance } from '../../docker/model.ts'
import type { Task } from '../../docker/task.ts'

describe('movingWorkloads', () => {
  it('is empty when all is as it should be', () => {
    const still = snapshot({ workloads: [workload('a')], instances: [instance('t1', 'a')] })
    expect(movingWorkloads(still)).toEqual([])
  })

  it('has a service in an update though its tasks are as they should be', () => {
    const updating = snapshot({ workloads: [workload('a', { moving: true }), workload('b')] })
    expect(movingWorkloads(updating)).toEqual(['a'])
  })

  const cases: readonly (readonly [string, Partial<Task>, boolean])[] = [
    ['that starts', { desired: 'running', state: 'preparing' }, true],
    ['that waits for its predecessor to stop', { desired: 'ready', state: 'ready' }, true],
    ['that was just created', { desired: 'running', state: 'pending', nodeId: '' }, true],
    ['that just crashed', { desired: 'running', state: 'failed' }, true],
    ['that stops', { desired: 'shutdown', state: 'running' }, true],
    ['that is removed', { desired: 'remove', state: 'running' }, true],
    ['that crashed and was replaced', { desired: 'shutdown', state: 'failed' }, false],
    ['that was rejected and replaced', { desired: 'shutdown', state: 'rejected' }, false],
    ['that was orphaned', { desired: 'shutdown', state: 'orphaned' }, false],
    ['that has stopped', { desired: 'shutdown', state: 'shutdown' }, false],
    ['that has stopped and is to be forgotten', { desired: 'remove', state: 'shutdown' }, false],
    ['of a job that works', { desired: 'complete', state: 'running' }, false],
    ['of a job that starts', { desired: 'complete', state: 'starting' }, true],
    ['of a job that is done', { desired: 'complete', state: 'complete' }, false],
    ['that no node has room for', { state: 'pending', nodeId: '', error: 'no suitable node' }, false],
    ['that stops on a node that is down', { desired: 'shutdown', nodeId: 'down' }, false],
    ['that stops on a node that was removed', { desired: 'shutdown', nodeId: 'gone' }, false],
  ]
  it.each(cases)('a task %s: %j moves: %s', (_, more, expected) => {
    const nodes = [node('n1'), node('down', { status: 'down' })]
    const observed = snapshot({ workloads: [workload('a')], nodes, instances: [instance('t1', 'a', more)] })
    expect(movingWorkloads(observed)).toEqual(expected ? ['a'] : [])
  })

  it('has each service once, in order, also one that was removed', () => {
    const tasks = ['b', 'a', 'b'].map((id, index) => instance(`t${index}`, id, { desired: 'remove' }))
    expect(
      movingWorkloads(snapshot({ workloads: [workload('b', { moving: true })], instances: tasks })),
    ).toEqual(['a', 'b'])
  })
})
