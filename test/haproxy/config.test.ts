import { describe, expect, it } from 'vitest'
import { backendOfFile, isOurs, mapsOf } from '../../src/haproxy/files.ts'
import { configFiles, portConflicts } from '../../src/haproxy/config.ts'
import { fingerprint, marked, structureOf, withServersOf } from '../../src/haproxy/structure-key.ts'
import type { Backend, Server } from '../../src/model/backend.ts'
import { backendOf } from './arbitrary.ts'
import { listeners } from './listeners.ts'

const SERVER: Server = {
  name: 'a',
  address: '10.0.0.1',
  port: 80,
  weight: 10,
  state: 'ready',
  backup: false,
  maxConnections: 0,
}
const LISTENERS = listeners({ 8080: { www: 'www' } }, { 5432: 'www' })

const files = (more: Partial<Backend> = {}, wanted = LISTENERS): Readonly<Record<string, string>> =>
  configFiles('/d', wanted, [{ ...backendOf([SERVER]), ...more }])

describe('configFiles', () => {
  it('has a file for each section, and port 80 always', () => {
    expect(Object.keys(files()).toSorted()).toEqual([
      '00-global.cfg',
      '10-http-80.cfg',
      '10-http-8080.cfg',
      '50-www.cfg',
    ])
    expect(files()['50-www.cfg']).toContain('frontend tcp_5432')
  })

  it('shows its fingerprint as HAProxy’s description', () => {
    expect(files()['00-global.cfg']).toContain(`global\n  description ${fingerprint(files())}\n`)
    expect(marked(files())).toEqual(files())
  })
})

describe('fingerprint', () => {
  const usual = fingerprint(files())

  it('is the same whatever the servers, weights and hosts', () => {
    expect(fingerprint(files({ servers: [] }))).toBe(usual)
    expect(fingerprint(files({ servers: [{ ...SERVER, weight: 99, state: 'maint' }] }))).toBe(usual)
    expect(fingerprint(files({}, listeners({ 8080: { other: 'www' } }, { 5432: 'www' })))).toBe(usual)
    expect(fingerprint(files({ drain: 77 }))).toBe(usual)
  })

  it('is another one for another structure', () => {
    expect(fingerprint(files({ timeout: 1 }))).not.toBe(usual)
    expect(fingerprint(files({ name: 'b' }))).not.toBe(usual)
    expect(fingerprint(files({}, listeners({ 8080: { www: 'www' } })))).not.toBe(usual)
    expect(fingerprint(files({}, listeners({}, { 5432: 'www' })))).not.toBe(usual)
  })
})

describe('withServersOf', () => {
  it('takes the structure of the one and the servers of the other', () => {
    const [one = '', other = ''] = [
      files({ timeout: 1 })['50-www.cfg'],
      files({ timeout: 2, servers: [] })['50-www.cfg'],
    ]
    expect(withServersOf(one, one)).toBe(one)
    expect(withServersOf(other, one)).toBe(files({ timeout: 2 })['50-www.cfg'])
    expect(withServersOf(one, other)).toBe(files({ timeout: 1, servers: [] })['50-www.cfg'])
    expect(structureOf(withServersOf(other, one))).toBe(structureOf(other))
  })
})

describe('portConflicts', () => {
  it('names the backend whose TCP port carries HTTP, which its file leaves out', () => {
    const wanted = listeners({ 8080: {} }, { 80: 'www', 8080: 'www', 5432: 'www' })
    expect(portConflicts(wanted)).toEqual([
      {
        file: '50-www.cfg',
        backend: 'www',
        port: null,
        complaint: "port 80 carries HTTP, so it can't carry TCP too",
      },
      {
        file: '50-www.cfg',
        backend: 'www',
        port: null,
        complaint: "port 8080 carries HTTP, so it can't carry TCP too",
      },
    ])
    expect(files({}, wanted)['50-www.cfg']?.match(/^frontend .*/gm)).toEqual(['frontend tcp_5432 from tcp'])
  })
})

it('knows its own files from others', () => {
  const names = [
    '00-global.cfg',
    '10-http-80.cfg',
    '50-a_b.cfg',
    '99-mine.cfg',
    '.50-a.cfg.tmp',
    '50-a.cfg.bak',
  ]
  expect(names.filter(isOurs)).toEqual(['00-global.cfg', '10-http-80.cfg', '50-a_b.cfg'])
  expect(names.map(backendOfFile)).toEqual([null, null, 'a_b', null, null, null])
})

it('has a map for each HTTP port', () => {
  expect(Object.fromEntries(mapsOf(LISTENERS))).toEqual({
    'http-80.map': {},
    'http-8080.map': { www: 'www' },
  })
})
