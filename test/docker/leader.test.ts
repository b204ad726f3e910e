import { describe, expect, it } from 'vitest'
import { leads } from '../../src/docker/leader.ts'
import { node, snapshot } from './model.ts'

describe('leads', () => {
  it.each([
    ['its own node leads', 'n1', true],
    ['another node leads', 'n2', false],
    ['its node is not in the list', 'n9', false],
    ['it does not know its node', '', false],
  ])('when %s', (_, self, expected) => {
    const nodes = [node('n1', { leader: true }), node('n2')]
    expect(leads(snapshot({ nodes, self }))).toBe(expected)
  })

  it('not when nobody leads', () => {
    expect(leads(snapshot({ nodes: [node('n1')] }))).toBe(false)
  })
})
