import { describe, expect, it } from 'vitest'
import { nearest } from '../../../src/spec/messages/nearest.ts'

const KNOWN = [
  'selector',
  'ports',
  'hosts',
  'tags',
  'health',
  'locality',
  'drain',
  'maxConnections',
  'timeout',
]

describe('nearest', () => {
  it.each([
    ['ports', 'ports'],
    ['port', 'ports'],
    ['prots', 'ports'],
    ['Hosts', 'hosts'],
    ['max_connections', 'maxConnections'],
    ['max-conections', 'maxConnections'],
    ['tiemout', 'timeout'],
    ['locallity', 'locality'],
    ['replicas', null],
    ['x', null],
    ['', null],
    ['timeout'.repeat(10), null],
  ])('takes %j for %s', (word, meant) => {
    expect(nearest(word, KNOWN)).toBe(meant)
  })

  it('takes nothing for nothing', () => {
    expect(nearest('port', [])).toBeNull()
  })
})
