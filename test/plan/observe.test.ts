import { describe, expect, it } from 'vitest'
import type { SwarmTask } from '../../src/model/swarm.ts'
import { leads, movingServices } from '../../src/plan/observe.ts'
import { node, service, snapshot, task } from './world.ts'

const moving = (changes: Partial<SwarmTask>, nodes = [node('n1')]) =>
  [...movingServices(snapshot({ tasks: [task('t1', 'hello_www', changes)], nodes }))].length > 0

describe('a service moves', () => {
  it.each<[string, Partial<SwarmTask>]>([
    ['has no node yet', { state: 'pending', nodeId: '' }],
    ['is being prepared', { state: 'preparing' }],
    ['waits for the one before it', { desired: 'ready', state: 'ready' }],
    ['is to stop', { desired: 'shutdown' }],
    ['is to be removed, though it never started', { desired: 'remove', state: 'preparing' }],
    ['is a job that has not begun', { desired: 'complete', state: 'preparing' }],
  ])('while its task %s', (_, changes) => {
    expect(moving(changes)).toBe(true)
  })

  it.each<[string, Partial<SwarmTask>]>([
    ['runs as it should', {}],
    ['has stopped', { desired: 'shutdown', state: 'shutdown' }],
    ['has failed', { desired: 'running', state: 'failed' }],
    ['finds no node with room', { state: 'pending', nodeId: '', error: 'no suitable node' }],
    ['is a job at work', { desired: 'complete' }],
  ])('no more once its task %s', (_, changes) => {
    expect(moving(changes)).toBe(false)
  })

  it('while it is updated', () => {
    const services = [service('hello_www', { updating: true }), service('hello_db')]
    expect(movingServices(snapshot({ services }))).toEqual(new Set(['id-hello_www']))
  })

  it('not for what a lost node says of its tasks', () => {
    expect(moving({ desired: 'shutdown' }, [node('n1', { status: 'down' })])).toBe(false)
    expect(moving({ desired: 'shutdown' }, [])).toBe(false)
  })
})

describe('an engine leads', () => {
  it.each([
    ['its own node is the leader', 'n1', true],
    ['another node is', 'n2', false],
    ['it does not know itself', '', false],
  ])('if %s', (_, self, expected) => {
    expect(leads(snapshot({ self }))).toBe(expected)
  })

  it('not while nobody does', () => {
    expect(leads(snapshot({ nodes: [node('n1', { leader: false })] }))).toBe(false)
  })
})
