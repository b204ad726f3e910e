import { describe, expect, it } from 'vitest'
import type { SwarmTask } from '../../../src/model/cluster.ts'
import { movingServices } from '../../../src/controller/plan/moving.ts'
import { node, service, snapshot, task } from '../../docker/model.ts'

describe('movingServices', () => {
  it('is empty when all is as it should be', () => {
    const still = snapshot({ services: [service('a')], tasks: [task('t1', 'a')] })
    expect(movingServices(still)).toEqual([])
  })

  it('has a service in an update though its tasks are as they should be', () => {
    const updating = snapshot({ services: [service('a', { updating: true }), service('b')] })
    expect(movingServices(updating)).toEqual(['a'])
  })

  const cases: readonly (readonly [string, Partial<SwarmTask>, boolean])[] = [
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
    const observed = snapshot({ services: [service('a')], nodes, tasks: [task('t1', 'a', more)] })
    expect(movingServices(observed)).toEqual(expected ? ['a'] : [])
  })

  it('has each service once, in order, also one that was removed', () => {
    const tasks = ['b', 'a', 'b'].map((id, index) => task(`t${index}`, id, { desired: 'remove' }))
    expect(movingServices(snapshot({ services: [service('b', { updating: true })], tasks }))).toEqual([
      'a',
      'b',
    ])
  })
})
