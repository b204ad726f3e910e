import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import { parseSpec } from '../../src/spec/parse.ts'
import { toManifest } from '../../src/spec/kinds/service/write.ts'
import { tries } from '../tries.ts'
import { spec } from './any-spec.ts'
import { FILE } from './documents.ts'

/** What the published schema and the design call a default, by field. */
const DEFAULTS: Readonly<Record<string, unknown>> = {
  hosts: [],
  aliases: [],
  tags: [],
  protocol: 'http',
  interval: '1s',
  mode: 'prefer',
  headroom: 1.2,
  drain: '10s',
  maxConnections: 0,
  status: 200,
  path: '/',
}

/** The same value without the fields that have their default, and without objects that this leaves empty. */
function terse(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(terse)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value)
    .filter(([key, each]) => JSON.stringify(DEFAULTS[key]) !== JSON.stringify(each))
    .map(([key, each]) => [key, terse(each)] as const)
    .filter(([key, each]) => key === 'http' || key === 'tcp' || JSON.stringify(each) !== '{}')
  return Object.fromEntries(entries)
}

describe('parseSpec', () => {
  it('reads back every valid spec that is written out', () => {
    fc.assert(
      fc.property(spec, fc.boolean(), (each, asJson) => {
        const text = asJson ? JSON.stringify(toManifest(each)) : stringify(toManifest(each))
        expect(parseSpec(text, FILE)).toMatchObject({ ok: true, spec: each })
      }),
      { numRuns: tries({ quick: 50, all: 300 }) },
    )
  })

  it('means the same without what is default', () => {
    fc.assert(
      fc.property(spec, (each) => {
        expect(parseSpec(stringify(terse(toManifest(each))), FILE)).toMatchObject({ ok: true, spec: each })
      }),
      { numRuns: tries({ quick: 50, all: 300 }) },
    )
  })
})
