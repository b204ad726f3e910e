import { describe, expect, it } from 'vitest'
import type { Backend } from '../../src/model/backend.ts'
import { nextRemoval, retire, stillLeft } from '../../src/node/retired.ts'

const backend = (name: string, protocol: Backend['protocol'] = 'http'): Backend => ({
  name,
  service: name,
  protocol,
  timeout: 60_000,
  drain: 10_000,
  servers: [],
})

const of = (...backends: readonly Backend[]) => new Map(backends.map((each) => [each.name, each]))
const NONE = new Map<string, never>()

describe('a backend that nothing leads to any more', () => {
  const left = retire(NONE, of(backend('a'), backend('b')), of(backend('b')), 1000)

  it('is left for five seconds', () => {
    expect([...stillLeft(left, 5999).keys()]).toEqual(['a'])
    expect([...stillLeft(left, 6000).keys()]).toEqual([])
  })

  it('says when it is to go', () => {
    expect(nextRemoval(left, 1000)).toBe(5000)
    expect(nextRemoval(left, 7000)).toBe(0)
    expect(nextRemoval(NONE, 1000)).toBeNull()
  })

  it('is none once it is wanted again', () => {
    expect(retire(left, of(backend('b')), of(backend('a'), backend('b')), 2000)).toEqual(new Map())
  })

  it('keeps its time when another follows', () => {
    const both = retire(left, of(backend('b')), NONE, 3000)
    expect([...both].map(([name, { until }]) => [name, until])).toEqual([
      ['a', 6000],
      ['b', 8000],
    ])
  })

  it('goes at once if it has a TCP port, which another may want', () => {
    expect(retire(NONE, of(backend('db', 'tcp')), NONE, 0)).toEqual(new Map())
  })
})
