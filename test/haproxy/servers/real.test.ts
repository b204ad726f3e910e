import { describe, expect, it, vi } from 'vitest'
import { StallingOrigin } from '../stalling.ts'
import { backend, server, until, useSite, type Site } from '../site.ts'

let site: Site
useSite((opened) => {
  site = opened
})

describe('servers', () => {
  it('come, change weight, drain and go under load with no failed request and no reload', async () => {
    const [a, b, c] = [server(site.a), server(site.b), server(site.c)]
    await site.programmer.programBackend(backend([a]))
    const worker = await site.haproxy.worker()
    const traffic = site.load()
    await traffic.further(50)

    await site.programmer.programBackend(backend([a, b, c]))
    const three = await traffic.further(150)
    expect(Object.keys(three).toSorted()).toEqual(['a', 'b', 'c'])

    await site.programmer.programBackend(
      backend([
        { ...a, weight: 10 },
        { ...b, weight: 30 },
        { ...c, weight: 0 },
      ]),
    )
    await traffic.settle()
    const weighted = await traffic.further(200)
    expect(weighted['c']).toBeUndefined()
    expect((weighted['b'] ?? 0) / (weighted['a'] ?? 1)).toBeGreaterThan(2.5)
    expect((weighted['b'] ?? 0) / (weighted['a'] ?? 1)).toBeLessThan(3.5)

    const held = site.www('/hold')
    await until(() => site.a.held + site.b.held === 1)
    await site.programmer.programBackend(backend([{ ...a, state: 'drain' }, { ...b, state: 'drain' }, c]))
    await traffic.settle()
    expect(await traffic.further(50)).toEqual({ c: 50 })
    const outcome = await site.programmer.programBackend(backend([c]))
    expect(outcome.kind).toBe('removing')
    site.a.release()
    site.b.release()
    expect((await held).status).toBe(200)
    await until(async () => (await site.programmer.programBackend(backend([c]))).kind === 'programmed')
    expect(Object.keys(await site.haproxy.servers('hello_www'))).toEqual(['c'])
    site.a.crash()
    site.b.crash()
    await traffic.further(50)

    await traffic.stop()
    expect(traffic.failures).toEqual([])
    expect(await site.haproxy.worker()).toBe(worker)
  })

  it('wired long before they answer serve the moment they are ready', async () => {
    const late = site.b
    late.crash()
    await site.programmer.programBackend(backend([server(site.a), server(late, { state: 'maint' })]))
    const traffic = site.load()
    // Time enough for two of HAProxy's checks to fail, were it to check.
    await traffic.further(300)
    await late.start()
    await site.programmer.programBackend(backend([server(site.a, { state: 'drain' }), server(late)]))
    expect((await site.haproxy.servers('hello_www'))['b']).toMatchObject({
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
    await site.programmer.programBackend(
      backend([server(site.a, { weight: 256 }), server(site.b, { weight: 1 })]),
    )
    const traffic = site.load('/slow?ms=5')
    await traffic.further(100)
    site.a.crash()
    await traffic.further(100)
    await until(async () => (await site.haproxy.servers('hello_www'))['a']?.up === false)
    await site.a.start()
    await until(async () => (await site.haproxy.servers('hello_www'))['a']?.up === true)
    await traffic.further(50)
    await traffic.stop()
    expect(traffic.failures).toEqual([])
  })

  it('that crash have the very next request go to their backup', async () => {
    await site.programmer.programBackend(backend([server(site.a), server(site.b, { backup: true })]))
    expect(await site.www()).toEqual({ status: 200, body: 'a' })
    const traffic = site.load()
    expect(await traffic.further(50)).toEqual({ a: 50 })
    await traffic.stop()
    site.a.crash()
    expect(await site.www()).toEqual({ status: 200, body: 'b' })
  })

  it('that stall for a moment, even all of them, lose no request', async () => {
    const stalling = await StallingOrigin.start(site.haproxy.gateway)
    try {
      await site.programmer.programBackend(backend([{ ...server(site.a), port: stalling.port }]))
      const traffic = site.load()
      await traffic.further(50)
      stalling.stall()
      // A connection has failed, and with it all that were tried meanwhile.
      await until(async () => Number(await site.haproxy.stat('hello_www', 'BACKEND', 'wretr')) > 0)
      stalling.goOn()
      await traffic.further(50)
      await traffic.stop()
      expect(traffic.failures).toEqual([])
    } finally {
      stalling.stop()
    }
  })

  it('change their role by being replaced', async () => {
    await site.programmer.programBackend(backend([server(site.a), server(site.b)]))
    const traffic = site.load()
    await traffic.further(50)
    await vi.waitFor(async () => {
      const wanted = backend([server(site.a), server(site.b, { backup: true })])
      expect(await site.programmer.programBackend(wanted)).toEqual({ kind: 'programmed' })
    })
    await traffic.settle()
    expect(await traffic.further(50)).toEqual({ a: 50 })
    await traffic.stop()
    expect(traffic.failures).toEqual([])
  })

  it('are cut off once they had the time to finish', async () => {
    const servers = [server(site.a)]
    await site.programmer.programBackend(backend(servers))
    const endless = site.www('/hold').then(
      ({ status }) => status,
      () => 'cut',
    )
    await until(() => site.a.held === 1)
    await until(
      async () => (await site.programmer.programBackend(backend([], { drain: 200 }))).kind === 'programmed',
    )
    expect(await endless).not.toBe(200)
  })

  it('take as many connections as they may', async () => {
    await site.programmer.programBackend(backend([server(site.a, { maxConnections: 1 })]))
    expect((await site.haproxy.servers('hello_www'))['a']?.maxConnections).toBe(1)
    await site.programmer.programBackend(backend([server(site.a, { maxConnections: 7 })]))
    expect((await site.haproxy.servers('hello_www'))['a']?.maxConnections).toBe(7)
    await site.programmer.programBackend(backend([server(site.a)]))
    expect((await site.haproxy.servers('hello_www'))['a']?.maxConnections).toBe(0)
  })

  it('get a request a second time only if that is harmless', async () => {
    await site.programmer.programBackend(backend([server(site.a), server(site.b)]))
    const served = (): number => site.a.served + site.b.served
    const before = served()
    expect((await site.www('/cut', 'www.hello', 'POST')).status).toBe(502)
    expect(served()).toBe(before + 1)
    await site.www('/cut', 'www.hello', 'GET')
    expect(served()).toBeGreaterThan(before + 2)
  })
})
