import { describe, expect, it } from 'vitest'
import { toHint } from '../../src/docker/hint.ts'

const inSwarm = {
  ID: 'f42436824330',
  Attributes: {
    'com.docker.swarm.service.id': 's1',
    'com.docker.swarm.service.name': 'hello_www',
    exitCode: '137',
    name: 'hello_www.1.vvewg1zo1bdritliskbfhkb6o',
  },
}

describe('toHint', () => {
  it.each(['service', 'node', 'config'])('is about the %s itself', (Type) => {
    const event = { Type, Action: 'update', Actor: { ID: 'x1', Attributes: { name: 'hello_www' } } }
    expect(toHint(event)).toEqual({ type: Type, action: 'update', id: 'x1', name: 'hello_www' })
  })

  it.each(['die', 'health_status: unhealthy'])("is about a container's service when it says %s", (Action) => {
    const hint = toHint({ Type: 'container', Action, Actor: inSwarm })
    expect(hint).toEqual({ type: 'container', action: Action, id: 's1', name: 'hello_www' })
  })

  it.each([
    [
      'a container outside the Swarm',
      { Type: 'container', Action: 'die', Actor: { ID: 'c1', Attributes: {} } },
    ],
    ['the usual life of a container', { Type: 'container', Action: 'create', Actor: inSwarm }],
    ['another type', { Type: 'image', Action: 'remove', Actor: { ID: 'i1' } }],
    ['an event without a type', { Action: 'die' }],
  ])('is none for %s', (_, event) => {
    expect(toHint(event)).toBeNull()
  })
})
