import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ADMIN_STATES } from '../../src/model/backend.ts'
import { STANDINGS } from '../../src/model/endpoint.ts'
import { serviceKey } from '../../src/model/names.ts'
import { asEventReason, asReason, EVENT_REASONS, REASONS } from '../../src/model/reasons.ts'
import type { ServiceKey } from '../../src/model/service.ts'
import type { Source } from '../../src/model/source.ts'
import { CONDITION_TYPES } from '../../src/model/status.ts'
import type { EntryKind } from '../../src/store/entry.ts'
import { EVENTS } from '../../src/store/events.ts'
import { POLICIES } from '../../src/store/policies.ts'
import { NODE_REPORTS, reportId, SERVICE_REPORTS } from '../../src/store/reports.ts'
import { STATUSES } from '../../src/store/statuses.ts'
import { policy } from '../node/world.ts'
import { spec as anySpec } from '../spec/any-spec.ts'

const name = fc.stringMatching(/^[a-z0-9][a-z0-9-]{0,10}$/)
const key = fc.record({ namespace: name, name }).map(serviceKey)
const text = fc.string({ unit: 'grapheme' })
const time = fc.integer({ min: 0, max: 4e12 }).map((ms) => new Date(ms).toISOString())
const source: fc.Arbitrary<Source> = fc.oneof(
  fc.record({ kind: fc.constant('config' as const), name: text }),
  fc.record({ kind: fc.constant('label' as const), service: text }),
  fc.record({ kind: fc.constant('variables' as const), service: text, port: fc.option(fc.nat()) }),
)

const policies = fc
  .record({ key, spec: anySpec, source, createdAt: time, revision: text })
  .map(({ key: own, ...more }) => [own, policy(own, more)] as const)
const tombstones = fc.record({ key, deleted: time }).map((each) => [each.key, each] as const)

const condition = fc.record({
  type: fc.constantFrom(...CONDITION_TYPES),
  status: fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const),
  reason: fc.constantFrom(...Object.keys(REASONS)).map(asReason),
  message: text,
  since: time,
})
const statuses = fc
  .record({
    key,
    conditions: fc.array(condition, { maxLength: 5 }),
    total: fc.nat(),
    ready: fc.nat(),
    programmed: fc.nat(),
    proxies: fc.nat(),
    source,
  })
  .map((status) => [status.key, status] as const)

const event = (service: ServiceKey) =>
  fc.record({
    service: fc.constant(service),
    type: fc.constantFrom('Normal' as const, 'Warning' as const),
    reason: fc.constantFrom(...Object.keys({ ...REASONS, ...EVENT_REASONS })).map(asEventReason),
    message: text,
    count: fc.nat(),
    firstSeen: time,
    lastSeen: time,
  })
const events = key.chain((service) =>
  fc.array(event(service), { maxLength: 5 }).map((list) => [service, list] as const),
)

const server = fc.record(
  {
    weight: fc.nat({ max: 256 }),
    state: fc.constantFrom(...ADMIN_STATES),
    standing: fc.constantFrom(...STANDINGS),
    why: text,
  },
  { requiredKeys: ['weight', 'state', 'why'] },
)
const serviceReports = fc
  .record({
    key,
    node: name,
    zone: fc.option(text),
    revision: text,
    error: fc.option(text),
    backends: fc.dictionary(name, fc.dictionary(name, server, { noNullPrototype: true }), {
      noNullPrototype: true,
    }),
  })
  .map((report) => [reportId(report), report] as const)

const byService = fc.array(fc.tuple(key, text)).map((pairs) => new Map<ServiceKey, string>(pairs))
const nodeReports = fc
  .record({ node: name, revisions: byService, errors: byService })
  .map((report) => [report.node, report] as const)

/** Every kind of entry, as it is used, without its types. */
function kind<Id extends string, T>(
  entries: EntryKind<Id, T>,
  valid: fc.Arbitrary<readonly [id: Id, value: T]>,
) {
  return {
    prefix: entries.prefix,
    /** Throws unless what was written comes back. */
    roundTrip() {
      const comesBack = fc.property(fc.array(valid), (written) => {
        const wanted = new Map(written)
        const kv = new Map([...wanted].map(([id, value]) => [entries.key(id), entries.encode(value)]))
        expect(entries.decode(kv)).toEqual({ entries: wanted, malformed: new Map() })
      })
      fc.assert(comesBack)
    },
    /** Throws unless nonsense beside an entry is told of, and in nobody's way. */
    withNonsense() {
      const isTold = fc.property(
        valid,
        fc.oneof(fc.string(), fc.json()),
        name,
        ([id, value], garbage, other) => {
          const kv = new Map([
            [`${entries.prefix}${other}`, garbage],
            [entries.key(id), entries.encode(value)],
            ['shoal/elsewhere', garbage],
          ])
          const found = entries.decode(kv)
          expect(found.entries).toEqual(new Map([[id, value]]))
          expect([...found.malformed.keys()]).toEqual([other])
        },
      )
      fc.assert(isTold)
    },
    /** Throws if an entry with this in place of a field does, or if nothing is told of it. */
    altered(garbage: unknown) {
      const isRead = fc.property(valid, fc.nat(), ([id, value], place) => {
        const written: unknown = JSON.parse(entries.encode(value))
        const altered = JSON.stringify(withField(written, place, garbage))
        const { entries: found, malformed } = entries.decode(new Map([[entries.key(id), altered]]))
        expect(found.size + malformed.size).toBe(1)
      })
      fc.assert(isRead)
    },
  }
}

/** The object with one of its fields replaced. */
function withField(object: unknown, place: number, value: unknown): unknown {
  if (typeof object !== 'object' || object === null) return value
  const names = Object.keys(object)
  const field = names[place % Math.max(1, names.length)]
  return field === undefined ? value : Object.assign(object, { [field]: value })
}

const KINDS = [
  ['policies', kind(POLICIES, fc.oneof(policies, tombstones))],
  ['statuses', kind(STATUSES, statuses)],
  ['events', kind(EVENTS, events)],
  ['reports on services', kind(SERVICE_REPORTS, serviceReports)],
  ['reports of nodes', kind(NODE_REPORTS, nodeReports)],
] as const

describe.each(KINDS)('in the KV, %s', (_, each) => {
  it('come back as they were written', () => {
    expect(() => each.roundTrip()).not.toThrow()
  })

  it('are told of where they make no sense, and the others are read', () => {
    expect(() => each.withNonsense()).not.toThrow()
  })

  it.each([null, 7, 'text', [], [null], {}])('never throw where a field is %j', (garbage) => {
    expect(() => each.altered(garbage)).not.toThrow()
  })

  it('have a place of their own', () => {
    const others = KINDS.filter(([, other]) => other !== each).map(([, { prefix }]) => prefix)
    expect(others.filter((prefix) => prefix.startsWith(each.prefix))).toEqual([])
  })
})

describe('what another version of Shoal wrote', () => {
  it('with a reason that this one does not know keeps its message', () => {
    const strange = { type: 'Ready', status: 'True', reason: 'Delighted', message: 'all well', since: 'now' }
    const status = {
      key: 'hello/www',
      conditions: [strange, { ...strange, type: 'Happy' }],
      source: 'config a',
    }
    const found = STATUSES.decode(new Map([[STATUSES.key('hello/www'), JSON.stringify(status)]]))
    expect(found.entries.get('hello/www')).toEqual({
      key: 'hello/www',
      conditions: [{ ...strange, reason: 'UnknownReason' }],
      total: 0,
      ready: 0,
      programmed: 0,
      proxies: 0,
      source: { kind: 'config', name: 'a' },
    })
    const happened = { service: 'hello/www', type: 'Normal', reason: 'Delighted', message: 'all well' }
    const strangeEvent = { ...happened, count: 3, firstSeen: 'a', lastSeen: 'b' }
    const history = EVENTS.decode(new Map([[EVENTS.key('hello/www'), JSON.stringify([strangeEvent, 7])]]))
    expect(history.entries.get('hello/www')).toEqual([{ ...strangeEvent, reason: 'UnknownReason' }])
  })
})
