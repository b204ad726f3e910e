import { createHash } from 'node:crypto'
import { chmod, readdir, readFile, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { consulUiSocket } from '../../../src/haproxy/dashboards.ts'
import type { Dashboards } from '../../../src/model/haproxy.ts'
import { HaproxyProgrammer } from '../../../src/haproxy/programmer.ts'
import { askHttp } from '../../http.ts'
import type { HttpAnswer } from '../../http.ts'
import { backend, LISTENERS, server, until, useSite, type Site } from '../site.ts'

const CONSUL = 'consul-admin.infra.test'
const PROXY = 'proxy-admin.infra.test'
const RIGHT = basic('admin:right')
const DASHBOARDS: Dashboards = {
  consulHost: CONSUL,
  proxyHost: PROXY,
  nodeName: 'node1',
  authorization: createHash('sha256').update(RIGHT).digest('hex'),
}

let site: Site
useSite((opened) => {
  site = opened
}, DASHBOARDS)

/** Stands for the agent: says what it was asked. */
let ui: Server
/** Requests that came to it. */
let asked: string[]

beforeEach(async () => {
  const socket = consulUiSocket(site.haproxy.directory)
  asked = []
  ui = createServer(({ method, url, headers }, response) => {
    asked.push(`${method} ${url}`)
    response.end(JSON.stringify({ url, authorization: headers.authorization }))
  })
  await rm(socket, { force: true })
  await new Promise<void>((resolve) => ui.listen(socket, resolve))
  await chmod(socket, 0o666)
})

afterEach(() => {
  ui.closeAllConnections()
  ui.close()
})

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`
}

/** Forgets wrong passwords. */
async function forgive(): Promise<void> {
  await site.haproxy.ask('clear table shoal.guesses')
}

function visit(host: string, authorization: string | null, method = 'GET', path = '/'): Promise<HttpAnswer> {
  const headers = { host, ...(authorization === null ? {} : { authorization }) }
  return askHttp({ host: site.haproxy.address, path, method, headers })
}

describe.each([CONSUL, PROXY])('%s', (host) => {
  beforeEach(forgive)

  it('asks a stranger for a password', async () => {
    const answer = await visit(host, null)
    expect(answer.status).toBe(401)
    expect(answer.headers['www-authenticate']).toBe('Basic realm="Shoal", charset="UTF-8"')
    expect(answer.body).toBe('Shoal: the dashboards have a password.\n')
    expect(asked).toEqual([])
  })

  it.each([
    ['another password', basic('admin:wrong')],
    ['another user', basic('root:right')],
    ['no password', basic('admin:')],
    ['the bare password', 'right'],
    ['another scheme', RIGHT.replace('Basic', 'Bearer')],
    ['the hash that HAProxy has', DASHBOARDS.authorization],
    ['two logins, none of them right', `${basic('a:b')}, ${basic('c:d')}`],
    ['the right one among others', `${RIGHT}, ${basic('a:b')}`],
  ])('refuses %s', async (_, authorization) => {
    expect((await visit(host, authorization)).status).toBe(401)
    expect(asked).toEqual([])
  })

  it.each(['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'])('lets nobody %s', async (method) => {
    expect((await visit(host, RIGHT, method)).status).toBe(405)
    expect((await visit(host, null, method)).status).toBe(401)
    expect(asked).toEqual([])
  })

  it('is found under any spelling of its name', async () => {
    expect((await visit(`${host.toUpperCase()}.:8080`, RIGHT)).status).toBe(200)
  })

  it('puts off whoever guesses, then lets them try again', async () => {
    const wrong = async (): Promise<number> => (await visit(host, basic('admin:wrong'))).status
    await until(async () => (await wrong()) === 429)
    expect((await visit(host, RIGHT)).status).toBe(429)
    expect((await site.www()).status).toBe(503)
    await forgive()
    expect((await visit(host, RIGHT)).status).toBe(200)
  })

  it('puts off nobody who has merely no password yet', async () => {
    for (let times = 0; times < 50; times++) expect((await visit(host, null)).status).toBe(401)
    expect((await visit(host, RIGHT)).status).toBe(200)
  })
})

describe('Consul’s UI', () => {
  it('is what the agent answers, which is not told the password', async () => {
    const answer = await visit(CONSUL, RIGHT, 'GET', '/v1/kv/a?index=1')
    expect(JSON.parse(answer.body)).toEqual({ url: '/v1/kv/a?index=1' })
    expect((await visit(CONSUL, RIGHT, 'HEAD', '/ui/')).status).toBe(200)
    expect(asked).toEqual(['GET /v1/kv/a?index=1', 'HEAD /ui/'])
  })

  it('stays when services come and go', async () => {
    const other = backend([], { name: 'other', service: 'hello/other' })
    const outcome = await site.programmer.programStructure(LISTENERS, [backend([]), other])
    expect(outcome).toEqual({ reloaded: true, refused: [] })
    expect((await visit(CONSUL, RIGHT)).status).toBe(200)
    await site.programmer.programStructure(LISTENERS, [backend([])])
    expect((await visit(CONSUL, RIGHT)).status).toBe(200)
  })

  it('says what is wrong while there is no agent', async () => {
    ui.closeAllConnections()
    await new Promise((resolve) => ui.close(resolve))
    const answer = await visit(CONSUL, RIGHT)
    expect(answer.status).toBe(503)
    expect(answer.body).toContain('the node agent of this node does not answer')
  })
})

describe('the statistics page', () => {
  it('has the node, the servers and no version, and nothing to change', async () => {
    await site.programmer.programBackend(backend([server(site.a)]))
    const { body: page } = await visit(PROXY, RIGHT)
    expect(page).toContain('node1')
    expect(page).toContain('hello_www')
    expect(page).toMatch(new RegExp(`>${site.a.name}<`))
    expect(page).not.toMatch(/version 3\.2/)
    expect(page).not.toMatch(/method=.?post/i)
    expect(asked).toEqual([])
  })
})

describe('HAProxy', () => {
  it('has no password on its disk, and no line in its log for those it refuses', async () => {
    const { directory } = site.haproxy
    const folder = join(directory, 'conf.d')
    const texts = await Promise.all(
      (await readdir(folder)).map((file) => readFile(join(folder, file), 'utf8')),
    )
    const all = [...texts, await readFile(join(directory, 'maps', 'http-80.map'), 'utf8')].join('\n')
    expect(all).toContain(DASHBOARDS.authorization)
    expect(all).not.toMatch(/right|YWRtaW46/)
    expect((await visit(CONSUL, basic('admin:wrong'))).status).toBe(401)
    expect(await site.haproxy.logs()).not.toMatch(/shoal\.\S+ \S+ 4\d\d /)
  })

  it('takes another password, and none at all, with a reload that costs no request', async () => {
    const servers = [server(site.a)]
    await site.programmer.programBackend(backend(servers))
    const traffic = site.load()
    await traffic.further(20)
    const program = (dashboards: Dashboards | null): Promise<unknown> =>
      new HaproxyProgrammer({ directory: site.haproxy.directory, dashboards }).programStructure(LISTENERS, [
        backend(servers),
      ])
    const other = basic('ops:other')
    const authorization = createHash('sha256').update(other).digest('hex')
    expect(await program({ ...DASHBOARDS, authorization })).toEqual({ reloaded: true, refused: [] })
    expect((await visit(CONSUL, RIGHT)).status).toBe(401)
    expect((await visit(CONSUL, other)).status).toBe(200)
    expect(await program(null)).toEqual({ reloaded: true, refused: [] })
    expect((await visit(CONSUL, other)).status).toBe(404)
    expect((await visit(PROXY, other)).status).toBe(404)
    expect(await readdir(join(site.haproxy.directory, 'conf.d'))).not.toContain('40-dashboards.cfg')
    expect(await program(DASHBOARDS)).toEqual({ reloaded: true, refused: [] })
    await traffic.further(50)
    await traffic.stop()
    expect(traffic.failures).toEqual([])
  })
})
