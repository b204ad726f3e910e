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

  const www = policy('hello/www')
  const [first = backend('', '')] = www.backends
  it.each([
    ['no JSON', '{'],
    ['no object', '7'],
    ["another service's", policy('hello/api')],
    ['without backends', { ...www, backends: null }],
    ['a backend name that HAProxy refuses', { ...www, backends: [{ ...first, name: 'a b' }] }],
    ['a port without a number', { ...www, backends: [{ ...first, port: { ...first.port, port: '80' } }] }],
    ['an unknown protocol', { ...www, backends: [{ ...first, port: { ...first.port, protocol: 'udp' } }] }],
    ['a host that would break the map file', { ...www, hosts: ['a\nb'] }],
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
