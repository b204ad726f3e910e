import { describe, expect, it } from 'vitest'
import { lifeOf } from '../../src/docker/task-life.ts'
import type { TaskState } from '../../src/docker/task-life.ts'

/** Phase, why, and which of `wanted`, `up`, `moving` hold. */
function life(desired: TaskState, state: TaskState): readonly [string, string, string] {
  const { phase, why, ...flags } = lifeOf({ desired, state, nodeId: 'n1', error: '' })
  const held = Object.entries(flags).flatMap(([name, holds]) => (holds ? [name] : []))
  return [phase, why, held.join(' ')]
}

describe('the life of a task', () => {
  it.each<[TaskState, TaskState, readonly [string, string, string]]>([
    ['running', 'preparing', ['starting', '', 'wanted moving']],
    ['running', 'running', ['running', '', 'wanted up']],
    ['ready', 'ready', ['starting', '', 'moving']],
    ['new', 'running', ['running', '', 'up moving']],
    ['shutdown', 'preparing', ['stopping', 'Swarm wants the task shutdown', 'moving']],
    ['shutdown', 'running', ['stopping', 'Swarm wants the task shutdown', 'up moving']],
    ['remove', 'running', ['stopping', 'Swarm wants the task remove', 'up moving']],
    ['running', 'failed', ['ended', 'the task is failed', 'wanted moving']],
    ['shutdown', 'shutdown', ['ended', 'the task is shutdown', '']],
    ['shutdown', 'rejected', ['ended', 'the task is rejected', '']],
    ['complete', 'running', ['stopping', 'Swarm wants the task complete', 'up']],
    ['complete', 'starting', ['stopping', 'Swarm wants the task complete', 'moving']],
    ['complete', 'complete', ['ended', 'the task is complete', '']],
  ])('that is to be %s and is %s is told in the words of the model', (desired, state, expected) => {
    expect(life(desired, state)).toEqual(expected)
  })

  it('does not move while no node has room for it', () => {
    const waiting = { desired: 'running', state: 'pending', nodeId: null } as const
    expect(lifeOf({ ...waiting, error: 'no suitable node' }).moving).toBe(false)
    expect(lifeOf({ ...waiting, error: '' }).moving).toBe(true)
  })
})
