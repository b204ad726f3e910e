import { describe, expect, it } from 'vitest'
import { SPEC_ERRORS } from '../../../src/spec/messages/errors.ts'
import { parseSpec } from '../../../src/spec/parse.ts'
import { BAD_FIELDS } from '../bad-fields.ts'
import { BAD_TEXTS } from '../bad-texts.ts'
import { BROKEN_RULES } from '../broken-rules.ts'

describe.each([
  ['a field', BAD_FIELDS],
  ['a rule between fields', BROKEN_RULES],
  ['the text', BAD_TEXTS],
])('parseSpec refuses, for %s:', (_, badSpecs) => {
  it.each(badSpecs)('$what', ({ text, errors, context }) => {
    const parsed = parseSpec(text, context)
    const found = parsed.ok ? [] : parsed.errors
    expect(found.map(({ code, line, column, field }) => [code, `${line}:${column}`, field])).toEqual(
      errors.map(([code, place, field]) => [code, place, field]),
    )
    for (const [index, [, , , says]] of errors.entries()) {
      expect(found[index]?.message).toContain(says)
      expect(found[index]?.source).toBe(context.source)
    }
  })
})

describe('SPEC_ERRORS', () => {
  it('has an example of each code among the bad specs, but for what only files can have', () => {
    const shown = [...BAD_FIELDS, ...BROKEN_RULES, ...BAD_TEXTS].flatMap(({ errors }) =>
      errors.map(([code]) => code),
    )
    expect(Object.keys(SPEC_ERRORS).filter((code) => !shown.some((each) => each === code))).toEqual([
      'DuplicateService',
    ])
  })
})
