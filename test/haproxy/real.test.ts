import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Backend, Frontends, Server } from '../../src/haproxy/model.ts'
import { HaproxyProgrammer } from '../../src/haproxy/programmer.ts'
import { RealHaproxy } from './haproxy.ts'
import { get, Load, Origin, type Answer } from './traffic.ts'

const FRONTENDS: Frontends = { http: { 80: { 'www.hello': 'hello_www' } }, tcp: {} }

let haproxy: RealHaproxy
let programmer: HaproxyProgrammer
let origins: Origin[]
const loads: Load[] = []

const until = (condition: () => Promise<boolean> | boolean): Promise<void> =>
  vi.waitFor(
    async () => {
      if (!(await condition())) throw new Error(`not yet: ${condition}`)
    },
    { timeout: 5000, interval: 20 },
  )

function server(origin: Origin, more: Partial<Server> = {}): Server {
  return {
    name: origin.name,
    address: origin.address,
    port: origin.port,
    weight: 100,
    state: 'ready',
    backup: false,
    maxConnections: 0,
    ...more,
  }
}

function backend(servers: readonly Server[], more: Partial<Backend> = {}): Backend {
  return {
    name: 'hello_www',
    service: 'hello/www',
    protocol: 'http',
    timeout: 5000,
    drain: 5000,
    servers,
    ...more,
  }
}

function www(path = '/', host = 'www.hello', method = 'GET'): Promise<Answer> {
  return get({ address: haproxy.address, host, path, method })
}

function load(path = '/'): Load {
  const started = new Load({ address: haproxy.address, host: 'www.hello', path })
  loads.push(started)
  return started
}

function origin(index: number): Origin {
  const found = origins[index]
  if (found === undefined) throw new Error(`no origin ${index}`)
  return found
}

beforeAll(async () => {
  haproxy = await RealHaproxy.create()
  programmer = new HaproxyProgrammer({ directory: haproxy.directory })
  await expect(programmer.programStructure(FRONTENDS, [])).rejects.toMatchObject({ code: 'unreachable' })
  await haproxy.start()
  const first = await vi.waitFor(() => programmer.programStructure(FRONTENDS, [backend([])]), {
    timeout: 20_000,
    interval: 50,
  })
  expect(first).toEqual({ reloaded: true, refused: [] })
})

afterAll(() => haproxy.remove())

beforeEach(async () => {
  origins = await Promise.all(['a', 'b', 'c'].map((name) => new Origin(name, haproxy.gateway).start()))
})

afterEach(async () => {
  await Promise.all(loads.splice(0).map((each) => each.stop()))
  for (const each of origins) each.crash()
  await vi.waitFor(async () => {
    expect(await programmer.programBackend(backend([], { drain: 0 }))).toEqual({ kind: 'programmed' })
  })
})

describe('what HAProxy answers by itself', () => {
  it('is 404 with the name of a host that no service has', async () => {
    expect(await www('/', 'Nobody.example:8080')).toEqual({
      status: 404,
      body: "Shoal: no service has the host name 'nobody.example'.\n",
    })
  })

  it('is 503 with the name of a service that has no task', async () => {
    expect(await www()).toEqual({ status: 503, body: 'Shoal: no task of service hello/www is available.\n' })
  })

  it('is 503 with the name of a service whose tasks all fail', async () => {
    origin(0).crash()
    await programmer.programBackend(backend([server(origin(0))]))
    expect(await www()).toEqual({ status: 503, body: 'Shoal: no task of service hello/www is available.\n' })
  })

  it('is 504 after the time that the service has', async () => {
    await programmer.programStructure(FRONTENDS, [backend([server(origin(0))], { timeout: 100 })])
    expect(await www('/slow?ms=1000')).toEqual({
      status: 504,
      body: 'Shoal: no task of service hello/www answered within 0.1 s.\n',
    })
    await programmer.programStructure(FRONTENDS, [backend([])])
  })

  it('is 200 to a health check, but on the hosts of services that path is theirs', async () => {
    await programmer.programBackend(backend([server(origin(0))]))
    expect(await www('/healthz', haproxy.address)).toEqual({ status: 200, body: 'ok\n' })
    expect((await www('/healthz')).body).toBe('a')
  })
})

describe('hosts', () => {
  it.each(['www.hello', 'WWW.Hello', 'www.hello:8080', 'www.hello.', 'www.hello.:80'])(
    'knows %s',
    async (host) => {
      await programmer.programBackend(backend([server(origin(0))]))
      expect(await www('/', host)).toEqual({ status: 200, body: 'a' })
    },
  )

  it('change without a reload', async () => {
    const servers = [server(origin(0))]
    await programmer.programBackend(backend(servers))
    const worker = await haproxy.worker()
    const change = async (hosts: Record<string, string>): Promise<void> => {
      const outcome = await programmer.programStructure({ http: { 80: hosts }, tcp: {} }, [backend(servers)])
      expect(outcome).toEqual({ reloaded: false, refused: [] })
    }
    await change({ 'new.hello': 'hello_www', 'other.hello': 'elsewhere' })
    expect((await www('/', 'new.hello')).status).toBe(200)
    expect((await www('/', 'www.hello')).status).toBe(404)
    expect((await www('/', 'other.hello')).body).toContain("does not have the service of 'other.hello' yet")
    await change({ 'www.hello': 'hello_www', 'other.hello': 'hello_www' })
    expect((await www('/', 'other.hello')).status).toBe(200)
    await change({ 'www.hello': 'hello_www' })
    expect(await haproxy.worker()).toBe(worker)
  })

  it('are passed on with what a proxy has to add', async () => {
    await programmer.programBackend(backend([server(origin(0))]))
    const headers: unknown = JSON.parse((await www('/headers')).body)
    expect(headers).toMatchObject({
      'x-forwarded-for': haproxy.gateway,
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'www.hello',
    })
  })
})

describe('servers', () => {
  it('come, change weight, drain and go under load with no failed request and no reload', async () => {
    const [a, b, c] = [server(origin(0)), server(origin(1)), server(origin(2))]
    await programmer.programBackend(backend([a]))
    const worker = await haproxy.worker()
    const traffic = load()
    await traffic.further(50)

    await programmer.programBackend(backend([a, b, c]))
    const three = await traffic.further(150)
    expect(Object.keys(three).toSorted()).toEqual(['a', 'b', 'c'])

    await programmer.programBackend(
      backend([
        { ...a, weight: 10 },
        { ...b, weight: 30 },
        { ...c, weight: 0 },
      ]),
    )
    await traffic.further(30)
    const weighted = await traffic.further(200)
    expect(weighted['c']).toBeUndefined()
    expect((weighted['b'] ?? 0) / (weighted['a'] ?? 1)).toBeGreaterThan(2.5)
    expect((weighted['b'] ?? 0) / (weighted['a'] ?? 1)).toBeLessThan(3.5)

    const slow = www('/slow?ms=600')
    await until(async () =>
      Object.values(await haproxy.servers('hello_www')).some(({ sessions }) => sessions > 0),
    )
    await programmer.programBackend(backend([{ ...a, state: 'drain' }, { ...b, state: 'drain' }, c]))
    await traffic.further(30)
    expect(await traffic.further(50)).toEqual({ c: 50 })
    const outcome = await programmer.programBackend(backend([c]))
    expect(outcome.kind).toBe('removing')
    expect((await slow).status).toBe(200)
    await until(async () => (await programmer.programBackend(backend([c]))).kind === 'programmed')
    expect(Object.keys(await haproxy.servers('hello_www'))).toEqual(['c'])
    origin(0).crash()
    origin(1).crash()
    await traffic.further(50)

    await traffic.stop()
    expect(traffic.failures).toEqual([])
    expect(await haproxy.worker()).toBe(worker)
  })

  it('wired long before they answer serve the moment they are ready', async () => {
    const late = origin(1)
    late.crash()
    await programmer.programBackend(backend([server(origin(0)), server(late, { state: 'maint' })]))
    const traffic = load()
    // Time enough for two of HAProxy's checks to fail, were it to check.
    await traffic.further(300)
    await late.start()
    await programmer.programBackend(backend([server(origin(0), { state: 'drain' }), server(late)]))
    expect((await haproxy.servers('hello_www'))['b']).toMatchObject({
      up: true,
      checking: true,
      state: 'ready',
    })
    await traffic.further(100)
    await traffic.stop()
    expect(traffic.failures).toEqual([])
    expect(traffic.answers.get('b')).toBeGreaterThan(90)
  })

  it('that crash lose no request, even one that served nearly all', async () => {
    await programmer.programBackend(
      backend([server(origin(0), { weight: 256 }), server(origin(1), { weight: 1 })]),
    )
    const traffic = load('/slow?ms=5')
    await traffic.further(100)
    origin(0).crash()
    await traffic.further(100)
    expect((await haproxy.servers('hello_www'))['a']).toMatchObject({ up: false })
    await origin(0).start()
    await until(async () => (await haproxy.servers('hello_www'))['a']?.up === true)
    await traffic.further(50)
    await traffic.stop()
    expect(traffic.failures).toEqual([])
  })

  it('that have a backup lose no request to it when they crash', async () => {
    await programmer.programBackend(backend([server(origin(0)), server(origin(1), { backup: true })]))
    const traffic = load()
    expect(await traffic.further(100)).toEqual({ a: 100 })
    origin(0).crash()
    await traffic.further(50)
    expect(await traffic.further(50)).toEqual({ b: 50 })
    await traffic.stop()
    expect(traffic.failures).toEqual([])
  })

  it('change their role by being replaced', async () => {
    const traffic = load()
    traffic.failures.length = 0
    await programmer.programBackend(backend([server(origin(0)), server(origin(1))]))
    traffic.failures.length = 0
    await traffic.further(50)
    await vi.waitFor(async () => {
      const wanted = backend([server(origin(0)), server(origin(1), { backup: true })])
      expect(await programmer.programBackend(wanted)).toEqual({ kind: 'programmed' })
    })
    await traffic.further(20)
    expect(await traffic.further(50)).toEqual({ a: 50 })
    await traffic.stop()
    expect(traffic.failures).toEqual([])
  })

  it('are cut off once they had the time to finish', async () => {
    const servers = [server(origin(0))]
    await programmer.programBackend(backend(servers))
    const endless = www('/slow?ms=9000').then(
      ({ status }) => status,
      () => 'cut',
    )
    await until(async () => (await haproxy.servers('hello_www'))['a']?.sessions === 1)
    await until(
      async () => (await programmer.programBackend(backend([], { drain: 200 }))).kind === 'programmed',
    )
    expect(await endless).not.toBe(200)
  })

  it('take as many connections as they may', async () => {
    await programmer.programBackend(backend([server(origin(0), { maxConnections: 1 })]))
    expect((await haproxy.servers('hello_www'))['a']?.maxConnections).toBe(1)
    await programmer.programBackend(backend([server(origin(0), { maxConnections: 7 })]))
    expect((await haproxy.servers('hello_www'))['a']?.maxConnections).toBe(7)
    await programmer.programBackend(backend([server(origin(0))]))
    expect((await haproxy.servers('hello_www'))['a']?.maxConnections).toBe(0)
  })

  it('get a request a second time only if that is harmless', async () => {
    await programmer.programBackend(backend([server(origin(0)), server(origin(1))]))
    expect((await www('/cut', 'www.hello', 'POST')).status).toBe(502)
    expect(origin(0).served + origin(1).served).toBe(1)
    await www('/cut', 'www.hello', 'GET')
    expect(origin(0).served + origin(1).served).toBeGreaterThan(2)
  })
})

describe('structure', () => {
  it('reloads once for a change, with no failed request', async () => {
    const servers = [server(origin(0)), server(origin(1))]
    await programmer.programBackend(backend(servers))
    const traffic = load()
    await traffic.further(50)
    const worker = await haproxy.worker()
    const other = backend([server(origin(2))], { name: 'other', service: 'hello/other' })
    const frontends = {
      http: { 80: { 'www.hello': 'hello_www', other: 'other' }, 8080: { other: 'other' } },
      tcp: {},
    }
    expect(await programmer.programBackend(other)).toEqual({ kind: 'unknown' })
    expect(await programmer.programStructure(frontends, [backend(servers), other])).toEqual({
      reloaded: true,
      refused: [],
    })
    expect(await haproxy.worker()).not.toBe(worker)
    expect((await get({ address: haproxy.address, host: 'other', port: 8080 })).body).toBe('c')
    expect(await programmer.programStructure(frontends, [backend(servers), other])).toEqual({
      reloaded: false,
      refused: [],
    })
    await traffic.further(50)
    expect(await programmer.programStructure(FRONTENDS, [backend(servers)])).toEqual({
      reloaded: true,
      refused: [],
    })
    await traffic.further(50)
    await traffic.stop()
    expect(traffic.failures).toEqual([])
    expect(await readdir(join(haproxy.directory, 'conf.d'))).not.toContain('50-other.cfg')
  })

  it('carries TCP on a port of its own', async () => {
    const echo = createServer((socket) => socket.end('hello over tcp'))
    await new Promise<void>((resolve) => echo.listen(0, haproxy.gateway, resolve))
    const port = (echo.address() as { port: number }).port
    const tcp = backend([{ ...server(origin(0)), port }], {
      name: 'pg',
      service: 'hello/pg',
      protocol: 'tcp',
    })
    await programmer.programStructure({ http: {}, tcp: { 5432: 'pg' } }, [backend([]), tcp])
    // It isn't HTTP, and so an HTTP client can't make sense of it.
    await expect(get({ address: haproxy.address, host: 'x', port: 5432 })).rejects.toThrow('Parse Error')
    echo.close()
    await programmer.programStructure(FRONTENDS, [backend([])])
  })

  it('that HAProxy refuses is undone, and the good part goes on', async () => {
    const servers = [server(origin(0))]
    await programmer.programBackend(backend(servers))
    const traffic = load()
    await traffic.further(20)
    const bad = backend([], { name: 'bad', protocol: 'tcp' })
    const good = backend([server(origin(1))], { name: 'good' })
    const frontends = { http: { 80: { 'www.hello': 'hello_www', good: 'good' } }, tcp: { 70_000: 'bad' } }
    const outcome = await programmer.programStructure(frontends, [backend(servers), bad, good])
    expect(outcome.reloaded).toBe(true)
    expect(outcome.refused).toMatchObject([{ file: '50-bad.cfg', backend: 'bad' }])
    expect(outcome.refused[0]?.complaint).toContain("invalid port '70000'")
    expect(await www('/', 'good')).toEqual({ status: 200, body: 'b' })
    expect(await readdir(join(haproxy.directory, 'conf.d'))).not.toContain('50-bad.cfg')

    // Not tried again while it's the same.
    const again = await programmer.programStructure(frontends, [backend(servers), bad, good])
    expect(again).toEqual({ ...outcome, reloaded: false })
    expect(await programmer.programStructure(FRONTENDS, [backend(servers)])).toEqual({
      reloaded: true,
      refused: [],
    })
    await traffic.stop()
    expect(traffic.failures).toEqual([])
  })

  it('that HAProxy refuses leaves a backend as it was, with newer servers', async () => {
    const tcp = (port: number, servers: readonly Server[]) =>
      programmer.programStructure({ http: {}, tcp: { [port]: 'pg' } }, [
        backend(servers, { name: 'pg', protocol: 'tcp' }),
      ])
    await tcp(5432, [server(origin(0))])
    expect((await tcp(70_000, [server(origin(1))])).refused).toHaveLength(1)
    await programmer.programBackend(backend([server(origin(2))], { name: 'pg', protocol: 'tcp' }))
    expect((await get({ address: haproxy.address, host: 'x', port: 5432 })).body).toBe('c')
    await programmer.programStructure(FRONTENDS, [backend([])])
  })

  it('is undone if Shoal died before it was proven', async () => {
    const config = join(haproxy.directory, 'conf.d')
    const global = await readFile(join(config, '00-global.cfg'), 'utf8')
    const file = '50-hello_www.cfg'
    const before = { '00-global.cfg': global, [file]: await readFile(join(config, file), 'utf8') }
    await writeFile(join(haproxy.directory, 'rollback.json'), JSON.stringify(before))
    await mkdir(config, { recursive: true })
    await writeFile(join(config, '50-unproven.cfg'), 'nonsense')
    await programmer.programStructure(FRONTENDS, [backend([])])
    expect(await readdir(config)).not.toContain('50-unproven.cfg')
    expect(await readdir(haproxy.directory)).not.toContain('rollback.json')
  })
})

describe('a HAProxy that is killed', () => {
  it('comes back with the same servers, weights and hosts by itself', async () => {
    const servers = [
      server(origin(0), { weight: 17, maxConnections: 9 }),
      server(origin(1), { weight: 256, backup: true }),
      server(origin(2), { weight: 5, state: 'maint' }),
    ]
    await programmer.programBackend(backend(servers))
    const hosts = { http: { 80: { 'www.hello': 'hello_www', late: 'hello_www' } }, tcp: {} }
    expect((await programmer.programStructure(hosts, [backend(servers)])).reloaded).toBe(false)
    const before = await haproxy.servers('hello_www')
    await haproxy.kill()
    await expect(programmer.programBackend(backend(servers))).rejects.toMatchObject({ code: 'unreachable' })
    await haproxy.start()
    await until(() => haproxy.worker().then(Boolean, () => false))
    const after = await haproxy.servers('hello_www')
    const essence = ({ name, address, port, weight, state, backup, maxConnections }: Server) => ({
      name,
      address,
      port,
      weight,
      state,
      backup,
      maxConnections,
    })
    expect(Object.values(after).map(essence)).toEqual(Object.values(before).map(essence))
    expect((await get({ address: haproxy.address, host: 'late' })).body).toBe('a')
    expect(await programmer.programStructure(hosts, [backend(servers)])).toEqual({
      reloaded: false,
      refused: [],
    })
    expect(await programmer.programBackend(backend(servers))).toEqual({ kind: 'programmed' })
  })
})
