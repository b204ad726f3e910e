import { describe, expect, it } from 'vitest'
import { backend, policy } from '../node/world.ts'
import { decodePoliciesInForce, POLICIES } from '../../src/store/policies.ts'
import { sourceText } from '../../src/model/source.ts'
import type { Source } from '../../src/model/source.ts'
import type { ServiceKey } from '../../src/model/service.ts'
import { config, inForce, inForceOf, label, labelled, planOf, specText } from '../controller/plan/world.ts'

const read = (entry: unknown, key: ServiceKey = 'hello/www') =>
  POLICIES.decode(new Map([[POLICIES.key(key), typeof entry === 'string' ? entry : JSON.stringify(entry)]]))

describe('a policy in the KV', () => {
  it('reads policies and tombstones', () => {
    const www = policy('hello/www')
    expect(read(www)).toEqual({ entries: new Map([['hello/www', www]]), malformed: new Map() })
    const tombstone = { key: 'hello/www', deleted: '2026-01-01T00:00:00Z' }
    expect(read(tombstone).entries.get('hello/www')).toEqual(tombstone)
  })

  it('keeps what a newer version may add', () => {
    expect(read({ ...policy('hello/www'), more: 1 }).malformed.size).toBe(0)
  })

  it('reads host names in place of routes, as the version before wrote them', () => {
    const backends = [backend('hello_admin', 'admin-hello', 8081), backend('hello_www', 'www-hello')]
    const { routes, ...rest } = policy('hello/www', { backends, hosts: ['www', 'www.test'] })
    const { entries } = read({ ...rest, hosts: ['www', 'www.test'] })
    expect(entries.get('hello/www')).toEqual({ ...rest, routes })
    expect(routes.map(({ port, host, path, to }) => [port, host + path, to[0].backend])).toEqual([
      [80, 'www/', 'hello_www'],
      [80, 'www.test/', 'hello_www'],
      [8081, 'www/', 'hello_admin'],
      [8081, 'www.test/', 'hello_admin'],
    ])
  })

  const www = policy('hello/www')
  const [first = backend('', '')] = www.backends
  const target = { backend: 'hello_www', weight: 1 }
  const route = { port: 80, host: 'www', path: '/', to: [target] }
  const { routes, ...former } = www
  it.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ["another service's", policy('hello/api')],
    ['without backends', { ...www, backends: null }],
    ['a backend name that HAProxy refuses', { ...www, backends: [{ ...first, name: 'a b' }] }],
    ['a port without a number', { ...www, backends: [{ ...first, port: { ...first.port, port: '80' } }] }],
    ['an unknown protocol', { ...www, backends: [{ ...first, port: { ...first.port, protocol: 'udp' } }] }],
    ['a host that would break the map file', policy('hello/www', { hosts: ['a\nb'] })],
    ['a path that would break the map file', { ...www, routes: [{ ...route, path: '/a b' }] }],
    ['a path that does not begin with a slash', { ...www, routes: [{ ...route, path: 'a' }] }],
    ['a route that leads nowhere', { ...www, routes: [{ ...route, to: [] }] }],
    [
      'a route of more targets than this version knows',
      { ...www, routes: [{ ...route, to: [target, target] }] },
    ],
    ['a route without a port', { ...www, routes: [{ ...route, port: null }] }],
    ['no routes', former],
    ['routes that are no list', { ...www, routes: { first: routes[0] } }],
    ['a host in the old form that would break the map file', { ...former, hosts: ['a\nb'] }],
    ['a name that would break the hosts file', { ...www, names: ['a b'] }],
    ['an unknown mode', { ...www, locality: { mode: 'near', headroom: 1 } }],
    ['a headroom that is no number', { ...www, locality: { mode: 'off', headroom: 'x' } }],
    ['a negative time', { ...www, drain: -1 }],
    ['no revision', { ...www, revision: undefined }],
    ['a source of a kind that is not known', { ...www, source: { kind: 'route', name: 'x' } }],
    ['a source that says nothing', { ...www, source: 'somewhere' }],
  ])('refuses an entry with %s', (_, entry) => {
    const { entries, malformed } = read(entry)
    expect(entries.size).toBe(0)
    expect(malformed.get('hello/www')).toMatch(/^shoal\/services\/hello\/www holds no policy of hello\/www: /)
  })

  it('refuses a service name that HAProxy could not print', () => {
    expect(read(policy('a/b c'), 'a/b c').entries.size).toBe(0)
  })
})

/** As the versions before this one wrote them. */
const OLD_SOURCES: readonly (readonly [text: string, source: Source])[] = [
  ['config www-1', { kind: 'config', name: 'www-1' }],
  ['label shoal.spec of service hello_www', { kind: 'label', service: 'hello_www' }],
  ['SERVICE_* of service hello_www', { kind: 'variables', service: 'hello_www', port: null }],
  ['SERVICE_8080_* of service hello_www', { kind: 'variables', service: 'hello_www', port: 8080 }],
]

describe('a policy that an earlier Shoal wrote', () => {
  it.each(OLD_SOURCES)('has the source that its text %j names', (text, source) => {
    expect(read({ ...policy('hello/www'), source: text }).entries.get('hello/www')).toMatchObject({ source })
    expect(sourceText(source)).toBe(text)
  })

  const old = (written: object) => new Map([[POLICIES.key('hello/www'), JSON.stringify(written)]])

  it.each([
    [
      'config',
      config('www-1', specText('www', { selector: { service: 'hello_www' } }, { namespace: 'hello' })),
    ],
    ['label', labelled('hello_www')],
  ])('stays what is in force from its %s while the newest version there can’t be read', (_, place) => {
    const isConfig = 'text' in place
    const [before] = inForceOf(isConfig ? { specs: [place] } : { workloads: [place] })
    if (before === undefined) throw new Error('nothing is in force')
    const known = decodePoliciesInForce(old({ ...before, source: sourceText(before.source) }))
    const spoiled = isConfig
      ? { specs: [{ ...place, text: 'metadata: [' }] }
      : { workloads: [{ ...place, labels: label('metadata: [') }] }
    const plan = planOf(spoiled, [...known.values()])
    expect(plan.policies.get('hello/www')).toMatchObject({ spec: before.spec, source: before.source })
  })
})

describe('policies that a controller goes on from', () => {
  const [written = policy('hello/www')] = inForce(labelled('hello_www'))
  const found = (text: string) => [
    ...decodePoliciesInForce(new Map([[POLICIES.key('hello/www'), text]])).values(),
  ]

  it('are read back as they were written', () => {
    expect(found(POLICIES.encode(written))).toEqual([written])
  })

  it('have no aliases where a Shoal that knew none wrote them', () => {
    const before = { ...written, spec: { ...written.spec, aliases: undefined } }
    expect(found(JSON.stringify(before))).toEqual([written])
  })

  it.each([
    'null',
    '7',
    '{',
    '{"key":"hello/www"}',
    '{"key":"hello/www","deleted":"2026-01-01T00:00:00Z"}',
    JSON.stringify({ ...written, spec: undefined }),
    JSON.stringify({ ...written, spec: { ...written.spec, ports: undefined } }),
  ])('are none where there is something else (%s)', (text) => {
    expect(found(text)).toEqual([])
  })
})
