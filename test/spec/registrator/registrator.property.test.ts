import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { serviceKey } from '../../../src/model/names.ts'
import type { ServiceSpec } from '../../../src/model/service.ts'
import { parseSpec } from '../../../src/spec/parse.ts'
import { specsOfVariables } from '../../../src/spec/registrator/registrator.ts'
import { toManifest } from '../../../src/spec/kinds/service/write.ts'
import { SHOP } from './variables.ts'

const ports = fc.integer({ min: 0, max: 70_000 })
const keys = fc.oneof(
  fc.constantFrom(
    'NAME',
    'TAGS',
    'IGNORE',
    'PROTOCOL',
    'CHECK_HTTP',
    'CHECK_TCP',
    'CHECK_INTERVAL',
    'CHECK_TIMEOUT',
    'CHECK_TTL',
  ),
  fc.string({ maxLength: 8 }),
)
const values = fc.oneof(
  fc.constantFrom(
    'www',
    'serviceA.prod',
    'world.dev,server_aliases=a,b',
    '/up',
    '15s',
    '1m30s',
    'tcp',
    'true',
    '',
  ),
  fc.string({ unit: 'grapheme', maxLength: 80 }),
)
const variables = fc.dictionary(
  fc.oneof(
    keys.map((key) => `SERVICE_${key}`),
    fc.tuple(ports, keys).map(([port, key]) => `SERVICE_${port}_${key}`),
    fc.string({ maxLength: 12 }),
  ),
  values,
  { maxKeys: 8 },
)
const description = fc.record({
  env: variables,
  labels: variables,
  containerLabels: variables,
  publishedPorts: fc.array(fc.integer({ min: 1, max: 65_535 }), { maxLength: 3 }),
})

const yaml = (spec: ServiceSpec) => JSON.stringify(toManifest(spec))
const FILE = { source: 'a.yml', stack: null, service: null }

describe('any variables', () => {
  it('make specs that are as valid as if they were written as YAML', () => {
    fc.assert(
      fc.property(description, (each) => {
        const good = specsOfVariables(each, SHOP).flatMap((made) => (made.ok ? [made.spec] : []))
        const read = good.map((spec) => parseSpec(yaml(spec), FILE))
        expect(read).toEqual(good.map((spec) => ({ ok: true, spec, text: yaml(spec) })))
      }),
      { numRuns: 500 },
    )
  })

  it('make errors, where they make no spec, that name a variable and the Swarm service', () => {
    const NAMES = /(^| )SERVICE_[^]* of service shop_api: |^service shop_api without SERVICE_NAME: /
    fc.assert(
      fc.property(description, (each) => {
        const bad = specsOfVariables(each, SHOP).flatMap((made) => (made.ok ? [] : [made.errors]))
        expect(bad.filter((errors) => errors.length === 0)).toEqual([])
        expect(bad.flat().filter((error) => !NAMES.test(error))).toEqual([])
      }),
      { numRuns: 500 },
    )
  })

  it('make services of different names, each of a port of its own', () => {
    fc.assert(
      fc.property(description, (each) => {
        const made = specsOfVariables(each, SHOP)
        const names = made.flatMap((one) => (one.ok ? [serviceKey(one.spec)] : []))
        expect(names).toEqual([...new Set(names)])
        expect(made.map(({ port }) => port)).toEqual([...new Set(made.map(({ port }) => port))])
      }),
      { numRuns: 300 },
    )
  })
})
