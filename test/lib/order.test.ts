import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { by, byAge, byText, byTime } from '../../src/lib/order.ts'

it('texts sort by code units, whatever the language of the machine', () => {
  expect(['b', 'ä', 'B', 'a', ''].toSorted(byText)).toEqual(['', 'B', 'a', 'b', 'ä'])
})

it('times sort by time though trailing zeros are left out', () => {
  const times = ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.1Z', '2026-01-01T00:00:00.12Z']
  expect(times.toReversed().toSorted(byTime)).toEqual(times)
})

it('times with an offset sort among those in UTC', () => {
  const times = ['2026-01-01T01:00:00+02:00', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00-01:00']
  expect(times.toReversed().toSorted(byTime)).toEqual(times)
})

it('items sort by a text, or by a time, of theirs', () => {
  const items = [
    { name: 'b', made: '2026-01-01T00:00:00.1Z' },
    { name: 'a', made: '2026-01-01T00:00:00.12Z' },
  ]
  expect(items.toSorted(by(({ name }) => name)).map(({ name }) => name)).toEqual(['a', 'b'])
  expect(items.toSorted(by(({ made }) => made, byTime)).map(({ name }) => name)).toEqual(['b', 'a'])
})

it('things of one age sort by key', () => {
  const createdAt = '2026-01-01T00:00:00Z'
  const things = ['c', 'a', 'b'].map((key) => ({ key, createdAt }))
  expect(things.toSorted(byAge).map(({ key }) => key)).toEqual(['a', 'b', 'c'])
})

const TIME = fc
  .record({ ms: fc.integer({ min: 0, max: 4_000_000_000_000 }), zeros: fc.boolean() })
  .map(({ ms, zeros }) => {
    const text = new Date(ms).toISOString()
    return zeros ? text : text.replace(/\.?0+Z$/, 'Z')
  })

it('the order of two times is that of their moments', () => {
  fc.assert(
    fc.property(TIME, TIME, (a, b) => {
      const moments = Math.sign(Date.parse(a) - Date.parse(b))
      const order = Math.sign(byTime(a, b))
      expect(moments === 0 || order === moments).toBe(true)
      expect(order + Math.sign(byTime(b, a))).toBe(0)
    }),
  )
})
