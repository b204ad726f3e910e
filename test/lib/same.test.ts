import { expect, it } from 'vitest'
import { identicalFields, identicalItems, sameContent } from '../../src/lib/same.ts'

it('content is the same whatever the order of fields, but not of items', () => {
  expect(sameContent({ a: 1, b: [1, 2] }, { b: [1, 2], a: 1 })).toBe(true)
  expect(sameContent({ a: [1, 2] }, { a: [2, 1] })).toBe(false)
  expect(sameContent(new Map([['a', 1]]), new Map([['a', 2]]))).toBe(false)
  expect(sameContent(undefined, {})).toBe(false)
})

it('identical are the very same objects alone, however equal others are', () => {
  const item = {}
  expect(identicalItems([item], [item])).toBe(true)
  expect(identicalItems([item], [{}])).toBe(false)
  expect(identicalItems([item], [item, item])).toBe(false)
  expect(identicalItems(undefined, [])).toBe(false)
  expect(identicalFields({ item }, { item })).toBe(true)
  expect(identicalFields({ item }, { item: {} })).toBe(false)
})
