import { expect, it } from 'vitest'
import { parseOnce } from '../../../src/controller/plan/parse-once.ts'
import { parseSpec } from '../../../src/spec/parse.ts'
import { badText, specText } from './world.ts'

const CONTEXT = { source: 'label', stack: 'hello', service: 'hello_www' }

it('gives what parsing gives, the same result each time', () => {
  for (const text of [specText('www'), badText('www'), 'nonsense: [']) {
    const first = parseOnce(text, CONTEXT)
    expect(first).toEqual(parseSpec(text, CONTEXT))
    expect(parseOnce(text, { ...CONTEXT })).toBe(first)
  }
})

it.each([{ source: 'other' }, { stack: 'shop' }, { service: 'hello_db' }])(
  'parses anew with %j',
  (changes) => {
    const context = { ...CONTEXT, ...changes }
    for (const text of [specText('www'), badText('www')])
      expect(parseOnce(text, context)).toEqual(parseSpec(text, context))
  },
)

it('forgets the oldest rather than growing without end', () => {
  const first = parseOnce(specText('www'), CONTEXT)
  for (let index = 0; index < 2100; index += 1) parseOnce(String(index), CONTEXT)
  expect(parseOnce(specText('www'), CONTEXT)).not.toBe(first)
})
