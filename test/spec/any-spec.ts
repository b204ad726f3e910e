/** Generates valid specs. */
import fc from 'fast-check'
import { consulServiceName } from '../../src/model/names.ts'
import type { ServiceSpec } from '../../src/model/service.ts'

const LETTERS = 'abcdefghijklmnopqrstuvwxyz0123456789'.split('')
const letter = fc.constantFrom(...LETTERS)
const label = fc
  .tuple(letter, fc.string({ unit: fc.constantFrom(...LETTERS, '-'), maxLength: 12 }), letter)
  .map((parts) => parts.join(''))
const host = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join('.'))
const port = fc.integer({ min: 1, max: 65535 })
const tag = fc
  .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
  .filter((text) => !/\p{Cc}/u.test(text))
const duration = (min: number) =>
  fc.oneof(
    fc.integer({ min, max: 3_600_000 }),
    fc.integer({ min: 1, max: 60 }).map((minutes) => minutes * 60_000),
  )

const ports = fc
  .uniqueArray(
    fc.record({
      name: label,
      port,
      targetPort: port,
      protocol: fc.constantFrom('http' as const, 'tcp' as const),
    }),
    {
      minLength: 1,
      maxLength: 4,
      selector: (each) => each.port,
    },
  )
  .filter((list) => new Set(list.map(({ name }) => name)).size === list.length)
  .filter((list) => !list.some((each) => each.port === 80 && each.protocol === 'tcp'))

const health = fc
  .record({
    type: fc.constantFrom('http' as const, 'tcp' as const),
    path: fc.constantFrom('/', '/up', '/a/b.php?x=1&y=%20'),
    host: fc.option(host),
    port: fc.option(port),
    interval: duration(1000),
    timeout: duration(1),
  })
  .map((check) => (check.type === 'http' ? check : { ...check, path: '/', host: null }))

/** Any valid spec. */
export const spec: fc.Arbitrary<ServiceSpec> = fc
  .record({
    name: label,
    namespace: label,
    selector: fc.record({ service: fc.tuple(label, label).map((parts) => parts.join('_')) }),
    ports,
    hosts: fc.uniqueArray(host, { maxLength: 3 }),
    tags: fc.uniqueArray(tag, { maxLength: 3 }),
    health,
    locality: fc.record({
      mode: fc.constantFrom('prefer' as const, 'strict' as const, 'off' as const),
      headroom: fc.oneof(fc.constant(1.2), fc.double({ min: 1, max: 1000, noNaN: true })),
    }),
    drain: fc.oneof(fc.constant(10_000), duration(0)),
    maxConnections: fc.nat({ max: 1_000_000 }),
    timeout: fc.oneof(fc.constant(60_000), duration(1)),
  })
  .map((each) => (each.ports.some(({ protocol }) => protocol === 'http') ? each : { ...each, hosts: [] }))
  .filter((each) => each.ports.every((one) => consulServiceName(each, one).length <= 63))
