import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hostRoute } from '../../src/model/listener.ts'
import type { RouteRule } from '../../src/model/listener.ts'
import { backend, LISTENERS, server, useSite } from './site.ts'
import type { Site } from './site.ts'
import { listeners } from './listeners.ts'

let site: Site
useSite((opened) => {
  site = opened
})

describe('what HAProxy answers by itself', () => {
  it('is 404 with the name of a host that no service has', async () => {
    expect(await site.www('/', 'Nobody.example:8080')).toEqual({
      status: 404,
      body: "Shoal: no service has the host name 'nobody.example'.\n",
    })
  })

  it('is 503 with the name of a service that has no task', async () => {
    expect(await site.www()).toEqual({
      status: 503,
      body: 'Shoal: no task of service hello/www is available.\n',
    })
  })

  it('is 503 with the name of a service whose tasks all fail', async () => {
    site.a.crash()
    await site.programmer.programBackend(backend([server(site.a)]))
    expect(await site.www()).toEqual({
      status: 503,
      body: 'Shoal: no task of service hello/www is available.\n',
    })
  })

  it('is 504 after the time that the service has', async () => {
    await site.programmer.programStructure(LISTENERS, [backend([server(site.a)], { timeout: 100 })])
    expect(await site.www('/slow?ms=1000')).toEqual({
      status: 504,
      body: 'Shoal: no task of service hello/www answered within 0.1 s.\n',
    })
    await site.programmer.programStructure(LISTENERS, [backend([])])
  })

  it('is 200 to a health check, but on the hosts of services that path is theirs', async () => {
    await site.programmer.programBackend(backend([server(site.a)]))
    expect(await site.www('/healthz', site.haproxy.address)).toEqual({ status: 200, body: 'ok\n' })
    expect((await site.www('/healthz')).body).toBe('a')
  })
})

describe('hosts', () => {
  it.each(['www.hello', 'WWW.Hello', 'www.hello:8080', 'www.hello.', 'www.hello.:80'])(
    'knows %s',
    async (host) => {
      await site.programmer.programBackend(backend([server(site.a)]))
      expect(await site.www('/', host)).toEqual({ status: 200, body: 'a' })
    },
  )

  it('change without a reload', async () => {
    const servers = [server(site.a)]
    await site.programmer.programBackend(backend(servers))
    const worker = await site.haproxy.worker()
    const change = async (hosts: Record<string, string>): Promise<void> => {
      const outcome = await site.programmer.programStructure(listeners({ 80: hosts }), [backend(servers)])
      expect(outcome).toEqual({ reloaded: false, refused: [] })
    }
    await change({ 'new.hello': 'hello_www', 'other.hello': 'elsewhere' })
    expect((await site.www('/', 'new.hello')).status).toBe(200)
    expect((await site.www('/', 'www.hello')).status).toBe(404)
    expect((await site.www('/', 'other.hello')).body).toContain(
      "does not have the service of 'other.hello' yet",
    )
    await change({ 'www.hello': 'hello_www', 'other.hello': 'hello_www' })
    expect((await site.www('/', 'other.hello')).status).toBe(200)
    await change({ 'www.hello': 'hello_www' })
    expect(await site.haproxy.worker()).toBe(worker)
  })

  it('share a host by their paths, of which the longest wins, and new ones take no reload', async () => {
    const [www, api, v2] = [
      backend([server(site.a)]),
      backend([server(site.b)], { name: 'api' }),
      backend([server(site.c)], { name: 'v2' }),
    ]
    const program = (paths: Readonly<Record<string, string>>) => {
      const ofHost = hostRoute(80, 'www.hello', 'hello_www')
      const routes = Object.entries(paths).map(([path, name]): RouteRule => ({
        ...hostRoute(80, 'www.hello', name),
        path,
      }))
      const listener = { kind: 'http', port: 80, routes: [ofHost, ...routes] } as const
      return site.programmer.programStructure([listener], [www, api, v2])
    }
    const answers = async (...asked: readonly string[]) =>
      Promise.all(asked.map(async (path) => (await site.www(path, 'WWW.hello.:80')).body))
    expect(await program({ '/api': 'api' })).toEqual({ reloaded: true, refused: [] })
    for (const each of [www, api, v2]) await site.programmer.programBackend(each)
    expect(await answers('/', '/api', '/api/', '/api/x?y=/', '/apiary', '/x/api')).toEqual([
      'a',
      'b',
      'b',
      'b',
      'a',
      'a',
    ])
    const worker = await site.haproxy.worker()
    const more = await program({ '/api': 'api', '/api/v2': 'v2', '/gone': 'nobody' })
    expect(more).toEqual({ reloaded: false, refused: [] })
    expect(await answers('/', '/api/v1', '/api/v2', '/api/v2/x')).toEqual(['a', 'b', 'c', 'c'])
    expect((await site.www('/gone')).body).toContain("does not have the service of 'www.hello' yet")
    expect(await program({ '/api/v2': 'v2' })).toEqual({ reloaded: false, refused: [] })
    expect(await answers('/api', '/api/v2')).toEqual(['a', 'c'])
    expect(await site.haproxy.worker()).toBe(worker)
    expect((await site.programmer.programStructure(LISTENERS, [backend([])])).reloaded).toBe(true)
    expect(await readdir(join(site.haproxy.directory, 'maps'))).toEqual(['http-80.map'])
  })

  it('are passed on with what a proxy has to add', async () => {
    await site.programmer.programBackend(backend([server(site.a)]))
    const headers: unknown = JSON.parse((await site.www('/headers')).body)
    expect(headers).toMatchObject({
      'x-forwarded-for': site.haproxy.gateway,
      'x-forwarded-proto': 'http',
      host: 'www.hello',
    })
  })
})
