import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Server } from '../../../src/model/backend.ts'
import type { StructureOutcome } from '../../../src/model/haproxy.ts'
import { HaproxyProgrammer } from '../../../src/haproxy/programmer.ts'
import { RealHaproxy } from '../haproxy.ts'
import { get, Greeter, greeting } from '../traffic.ts'
import { backend, LISTENERS, server, until, useSite } from '../site.ts'
import type { Site } from '../site.ts'
import { listeners } from '../listeners.ts'

let site: Site
useSite((opened) => {
  site = opened
})

it('has its structure from the start', async () => {
  expect(await site.programmer.programStructure(LISTENERS, [backend([])])).toEqual({
    reloaded: false,
    refused: [],
  })
  expect(await readdir(join(site.haproxy.directory, 'conf.d'))).toEqual([
    '00-global.cfg',
    '10-http-80.cfg',
    '50-hello_www.cfg',
  ])
})

describe('structure', () => {
  it('reloads once for a change, with no failed request', async () => {
    const servers = [server(site.a), server(site.b)]
    await site.programmer.programBackend(backend(servers))
    const traffic = site.load()
    await traffic.further(50)
    const worker = await site.haproxy.worker()
    const other = backend([server(site.c)], { name: 'other', service: 'hello/other' })
    const wanted = listeners({ 80: { 'www.hello': 'hello_www', other: 'other' }, 8080: { other: 'other' } })
    expect(await site.programmer.programBackend(other)).toEqual({ kind: 'unknown' })
    expect(await site.programmer.programStructure(wanted, [backend(servers), other])).toEqual({
      reloaded: true,
      refused: [],
    })
    expect(await site.haproxy.worker()).not.toBe(worker)
    expect((await get({ address: site.haproxy.address, host: 'other', port: 8080 })).body).toBe('c')
    expect(await site.programmer.programStructure(wanted, [backend(servers), other])).toEqual({
      reloaded: false,
      refused: [],
    })
    await traffic.further(50)
    expect(await site.programmer.programStructure(LISTENERS, [backend(servers)])).toEqual({
      reloaded: true,
      refused: [],
    })
    await traffic.further(50)
    await traffic.stop()
    expect(traffic.failures).toEqual([])
    expect(await readdir(join(site.haproxy.directory, 'conf.d'))).not.toContain('50-other.cfg')
  })

  it('reloaded while a server waits has it serve the moment it is ready', async () => {
    const waiting = backend([server(site.a, { state: 'maint' })])
    await site.programmer.programBackend(waiting)
    const other = backend([], { name: 'other', service: 'hello/other' })
    const outcome = await site.programmer.programStructure(LISTENERS, [waiting, other])
    expect(outcome.reloaded).toBe(true)
    await site.programmer.programBackend(backend([server(site.a)]))
    expect(await site.www()).toEqual({ status: 200, body: 'a' })
    await site.programmer.programStructure(LISTENERS, [waiting])
  })

  it('carries TCP on a port of its own', async () => {
    const greeter = await new Greeter(site.haproxy.gateway).start()
    const tcp = backend([{ ...server(site.a), port: greeter.port }], {
      name: 'pg',
      service: 'hello/pg',
      protocol: 'tcp',
    })
    await site.programmer.programStructure(listeners({}, { 5432: 'pg' }), [backend([]), tcp])
    expect(await greeting({ address: site.haproxy.address, port: 5432 })).toBe('hello over tcp')
    greeter.stop()
    await site.programmer.programStructure(LISTENERS, [backend([])])
  })

  it('that HAProxy refuses is undone, and the good part goes on', async () => {
    const servers = [server(site.a)]
    await site.programmer.programBackend(backend(servers))
    const traffic = site.load()
    await traffic.further(20)
    const bad = backend([], { name: 'bad', protocol: 'tcp' })
    const good = backend([server(site.b)], { name: 'good' })
    const wanted = listeners({ 80: { 'www.hello': 'hello_www', good: 'good' } }, { 70_000: 'bad' })
    const outcome = await site.programmer.programStructure(wanted, [backend(servers), bad, good])
    expect(outcome.reloaded).toBe(true)
    expect(outcome.refused).toMatchObject([{ file: '50-bad.cfg', backend: 'bad' }])
    expect(outcome.refused[0]?.complaint).toContain("invalid port '70000'")
    expect(await site.www('/', 'good')).toEqual({ status: 200, body: 'b' })
    expect(await readdir(join(site.haproxy.directory, 'conf.d'))).not.toContain('50-bad.cfg')

    // Not tried again while it's the same.
    const again = await site.programmer.programStructure(wanted, [backend(servers), bad, good])
    expect(again).toEqual({ ...outcome, reloaded: false })
    expect(await site.programmer.programStructure(LISTENERS, [backend(servers)])).toEqual({
      reloaded: true,
      refused: [],
    })
    await traffic.stop()
    expect(traffic.failures).toEqual([])
  })

  it('with a TCP port that carries HTTP goes on without it', async () => {
    const pg = backend([], { name: 'pg', protocol: 'tcp' })
    const outcome = await site.programmer.programStructure(listeners({}, { 80: 'pg' }), [backend([]), pg])
    expect(outcome.refused).toMatchObject([{ file: '50-pg.cfg', backend: 'pg' }])
    expect((await site.www('/', 'x')).status).toBe(404)
    await site.programmer.programStructure(LISTENERS, [backend([])])
  })

  it('that HAProxy refuses leaves a backend as it was, with newer servers', async () => {
    const tcp = (port: number, servers: readonly Server[]): Promise<StructureOutcome> =>
      site.programmer.programStructure(listeners({}, { [port]: 'pg' }), [
        backend(servers, { name: 'pg', protocol: 'tcp' }),
      ])
    await tcp(5432, [server(site.a)])
    expect((await tcp(70_000, [server(site.b)])).refused).toHaveLength(1)
    await site.programmer.programBackend(backend([server(site.c)], { name: 'pg', protocol: 'tcp' }))
    expect((await get({ address: site.haproxy.address, host: 'x', port: 5432 })).body).toBe('c')
    await site.programmer.programStructure(LISTENERS, [backend([])])
  })

  it('is undone if Shoal died before it was proven', async () => {
    const config = join(site.haproxy.directory, 'conf.d')
    const global = await readFile(join(config, '00-global.cfg'), 'utf8')
    const file = '50-hello_www.cfg'
    const before = { '00-global.cfg': global, [file]: await readFile(join(config, file), 'utf8') }
    await writeFile(join(site.haproxy.directory, 'rollback.json'), JSON.stringify(before))
    await mkdir(config, { recursive: true })
    await writeFile(join(config, '50-unproven.cfg'), 'nonsense')
    await site.programmer.programStructure(LISTENERS, [backend([])])
    expect(await readdir(config)).not.toContain('50-unproven.cfg')
    expect(await readdir(site.haproxy.directory)).not.toContain('rollback.json')
  })
})

function essence({ name, address, port, weight, state, backup, maxConnections }: Server): Server {
  return { name, address, port, weight, state, backup, maxConnections }
}

describe('a HAProxy without any config', () => {
  it('gets one to start with, on which it is not ready', async () => {
    const fresh = await RealHaproxy.create()
    const programmer = new HaproxyProgrammer({ directory: fresh.directory })
    const healthz = (): Promise<number> =>
      get({ address: fresh.address, host: 'x', path: '/healthz' }).then(({ status }) => status)
    try {
      const early = programmer.programStructure(LISTENERS, [backend([])])
      await expect(early).rejects.toMatchObject({ code: 'unreachable' })
      await fresh.start()
      await until(() => fresh.worker().then(Boolean, () => false))
      expect(await healthz()).toBe(503)
      expect((await programmer.programStructure(LISTENERS, [backend([])])).reloaded).toBe(true)
      expect(await healthz()).toBe(200)
    } finally {
      await fresh.remove()
    }
  })
})

describe('a HAProxy that is killed', () => {
  it('comes back with the same servers, weights and hosts by itself', async () => {
    const servers = [
      server(site.a, { weight: 17, maxConnections: 9 }),
      server(site.b, { weight: 256, backup: true }),
      server(site.c, { weight: 5, state: 'maint' }),
    ]
    const hosts = listeners({ 80: { 'www.hello': 'hello_www', late: 'hello_www' } })
    expect((await site.programmer.programStructure(hosts, [backend([])])).reloaded).toBe(false)
    await site.programmer.programBackend(backend(servers))
    const before = await site.haproxy.servers('hello_www')
    await site.haproxy.kill()
    await expect(site.programmer.programBackend(backend(servers))).rejects.toMatchObject({
      code: 'unreachable',
    })
    await site.haproxy.start()
    await until(() => site.haproxy.worker().then(Boolean, () => false))
    const after = await site.haproxy.servers('hello_www')
    expect(Object.values(after).map(essence)).toEqual(Object.values(before).map(essence))
    expect((await get({ address: site.haproxy.address, host: 'late' })).body).toBe('a')
    expect(await site.programmer.programStructure(hosts, [backend(servers)])).toEqual({
      reloaded: false,
      refused: [],
    })
    expect(await site.programmer.programBackend(backend(servers))).toEqual({ kind: 'programmed' })
  })
})
