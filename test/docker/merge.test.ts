import { describe, expect, it } from 'vitest'
import { replaceServices, serviceNames } from '../../src/docker/merge.ts'
import { node, service, snapshot, task } from './model.ts'

const before = snapshot({
  services: [service('a'), service('b')],
  tasks: [task('t1', 'a'), task('t2', 'b'), task('t3', 'a')],
  nodes: [node('n1'), node('n2')],
})

describe('replaceServices', () => {
  it('replaces the services that were asked for, and all their tasks', () => {
    const after = replaceServices(
      before,
      ['a'],
      [service('a', { replicas: 2 })],
      [{ ID: 't4', ServiceID: 'a', DesiredState: 'running' }],
    )
    expect(after.services).toEqual([service('a', { replicas: 2 }), service('b')])
    expect(after.tasks.map(({ id, serviceName }) => [id, serviceName])).toEqual([
      ['t2', 'stack_b'],
      ['t4', 'stack_a'],
    ])
  })

  it('keeps nodes, configs and the rest', () => {
    const after = replaceServices(before, ['a'], [], [])
    expect({ ...after, services: before.services, tasks: before.tasks }).toEqual(before)
  })

  it('drops a service that is no longer listed, and keeps showing its tasks as long as they are, under its name', () => {
    const after = replaceServices(
      before,
      ['a'],
      [],
      [{ ID: 't1', ServiceID: 'a', DesiredState: 'remove', Status: { State: 'running' } }],
    )
    expect(after.services).toEqual([service('b')])
    expect(after.tasks).toEqual([
      expect.objectContaining({ id: 't1', serviceName: 'stack_a', desired: 'remove', state: 'running' }),
      task('t2', 'b'),
    ])
    const later = replaceServices(after, ['a'], [], [{ ID: 't1', ServiceID: 'a' }])
    expect(later.tasks[0]?.serviceName).toBe('stack_a')
  })

  it('leaves out tasks of services that were not asked for: their services are older than they', () => {
    const after = replaceServices(
      before,
      ['a'],
      [service('a')],
      [
        { ID: 't9', ServiceID: 'b' },
        { ID: 't8', ServiceID: 'c' },
      ],
    )
    expect(after.tasks).toEqual([task('t2', 'b')])
  })

  it('adds a service that was not there before', () => {
    const after = replaceServices(before, ['aa'], [service('aa')], [{ ID: 't0', ServiceID: 'aa' }])
    expect(after.services.map(({ id }) => id)).toEqual(['a', 'aa', 'b'])
    expect(after.tasks[0]).toMatchObject({ id: 't0', serviceName: 'stack_aa' })
  })
})

describe('serviceNames', () => {
  it('knows the newest name of each service, and those of services removed', () => {
    const names = serviceNames(before, [service('a', { name: 'renamed' }), service('c')])
    expect([...names]).toEqual([
      ['a', 'renamed'],
      ['b', 'stack_b'],
      ['c', 'stack_c'],
    ])
  })

  it('needs no previous snapshot', () => {
    expect([...serviceNames(null, [service('a')])]).toEqual([['a', 'stack_a']])
  })
})
