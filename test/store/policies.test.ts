import { describe, expect, it } from 'vitest'
import { KV_SERVICES } from '../../src/model/names.ts'
import { decodePolicies } from '../../src/store/policies.ts'
import { backend, policy } from '../node/world.ts'

const read = (entry: unknown, key = 'hello/www') =>
  decodePolicies(new Map([[KV_SERVICES + key, typeof entry === 'string' ? entry : JSON.stringify(entry)]]))

describe('decodePolicies', () => {
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
  ])('refuses an entry with %s', (_, entry) => {
    const { entries, malformed } = read(entry)
    expect(entries.size).toBe(0)
    expect(malformed.get('hello/www')).toMatch(/^shoal\/services\/hello\/www holds no policy of hello\/www: /)
  })

  it('refuses a service name that HAProxy could not print', () => {
    expect(read(policy('a/b c'), 'a/b c').entries.size).toBe(0)
  })
})
