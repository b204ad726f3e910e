import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import {
  asList,
  asNumber,
  asObject,
  asText,
  fieldOf,
  isListOf,
  isObject,
  oneOf,
  parseJson,
} from '../../src/lib/unknown.ts'

it('whatever is of another type reads as empty', () => {
  for (const value of [null, undefined, 7, 'a', [1], { a: 1 }]) {
    expect(asObject(value)).toEqual(isObject(value) ? { a: 1 } : {})
    expect(asList(value)).toEqual(Array.isArray(value) ? [1] : [])
    expect(asText(value)).toBe(value === 'a' ? 'a' : '')
    expect(asNumber(value)).toBe(value === 7 ? 7 : null)
  }
})

it('a field is the value’s own, or none', () => {
  expect(fieldOf({ a: 1 }, 'a')).toBe(1)
  expect(fieldOf(['x'], 0)).toBe('x')
  for (const value of [{}, [], 'abc', null]) {
    expect(fieldOf(value, 'toString')).toBeUndefined()
    expect(fieldOf(value, 0)).toBeUndefined()
  }
})

it('a text is one of those that are known, or none', () => {
  expect(oneOf(['http', 'tcp'], 'tcp')).toBe('tcp')
  expect(oneOf(['http', 'tcp'], 'udp')).toBeUndefined()
  expect(isListOf(['a', 'b'], (item) => typeof item === 'string')).toBe(true)
  expect(isListOf(['a', 1], (item) => typeof item === 'string')).toBe(false)
  expect(isListOf('ab', () => true)).toBe(false)
})

it('JSON comes back as it was written, and no text throws', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, text) => {
      // As texts: JSON knows no negative zero.
      const written = JSON.stringify(value)
      expect(JSON.stringify(parseJson(written))).toBe(written)
      expect(() => parseJson(text)).not.toThrow()
    }),
  )
})
