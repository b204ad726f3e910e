import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { get, Load } from '../../haproxy/traffic.ts'
import { askHttp } from '../../http.ts'
import type { HttpAnswer } from '../../http.ts'
import { policy } from '../world.ts'
import { Cell } from './cell.ts'
import { Origins } from './origins.ts'

const POLICY = policy('hello/www', { hosts: ['www.hello'], names: ['www.hello', 'www'], drain: 2000 })

let cell: Cell
let origins: Origins

const until = (condition: () => Promise<boolean> | boolean): Promise<void> =>
  vi.waitFor(
    async () => {
      if (!(await condition())) {
        throw new Error(`not yet: ${String(condition)}\n${cell.log.slice(-20).join('\n')}`)
      }
    },
    { timeout: 30_000, interval: 100 },
  )

async function answers(): Promise<boolean> {
  const answer = get({ address: cell.haproxy.address, host: 'www.hello' })
  return await answer.then(
    ({ status }) => status === 200,
    () => false,
  )
}

/** Slow enough for a busy machine. */
const startLoad = (): Load => new Load({ address: cell.haproxy.address, host: 'www.hello' }, 15)

const logged = (event: string): boolean => cell.log.some((line) => line.includes(`"msg":"${event}"`))

beforeAll(async () => {
  cell = await Cell.start()
  origins = await Origins.start(['a', 'b', 'c'], cell.haproxy.gateway)
})

afterAll(async () => {
  origins.stop()
  await cell.remove()
})

describe('the agent with a real HAProxy and a real Consul', () => {
  it('gives a HAProxy its first config, then what Consul tells', async () => {
    await until(() => cell.isConsulUp())
    cell.startAgent()
    await until(() => logged('in sync with Consul'))
    await cell.declare(POLICY, origins.places)
    await until(answers)
    await until(async () => (await cell.report()) !== null)
    expect(await cell.report()).toMatchObject({ node: 'node1', zone: 'a', revision: 'r1', error: null })
    expect(await cell.dnsFile('hosts')).toContain(`${cell.haproxy.address} www.hello\n`)
    expect(await cell.dnsFile('Corefile')).toContain(':8600')
  })

  it('fails no request and reloads nothing when it is restarted, killed, or Consul wiped', async () => {
    const servers = () => cell.haproxy.servers('hello_www')
    await until(async () => Object.values(await servers()).every(({ state }) => state === 'ready'))
    const before = await servers()
    const worker = await cell.haproxy.worker()
    const load = startLoad()
    expect(await cell.stopAgent('SIGTERM')).toBe(0)
    await load.further(100)
    cell.log.length = 0
    cell.startAgent()
    await until(() => logged('in sync with Consul'))
    await cell.stopAgent('SIGKILL')
    await cell.wipeConsul()
    cell.log.length = 0
    cell.startAgent()
    await until(() => cell.isConsulUp())
    await until(() => logged('in sync with Consul'))
    expect(logged('policy missing: kept for a while')).toBe(true)
    await load.further(150)
    await cell.declare(POLICY, origins.places)
    await until(async () => (await cell.report()) !== null)
    await load.further(150)
    await load.stop()
    expect(load.failures).toEqual([])
    expect([...load.answers.keys()].sort()).toEqual(['a', 'b', 'c'])
    expect(await cell.haproxy.worker()).toBe(worker)
    const weights = (all: typeof before) =>
      Object.values(all).map(({ name, weight, state }) => [name, weight, state])
    expect(weights(await servers())).toEqual(weights(before))
  })

  it('stops sending requests to a task that drains, and forgets it', async () => {
    const [first] = origins.places
    if (first === undefined) throw new Error('no origin')
    const load = startLoad()
    await cell.drain(first)
    await until(async () => (await cell.haproxy.servers('hello_www'))[first.name]?.state === 'drain')
    await load.further(50)
    const after = await load.further(100)
    await cell.deregister(first)
    await until(async () => !(first.name in (await cell.haproxy.servers('hello_www'))))
    await load.stop()
    expect(Object.keys(after).sort()).toEqual(['b', 'c'])
    expect(load.failures).toEqual([])
  })
})

describe('dashboards', () => {
  const ON = { SHOAL_DASHBOARDS: 'on', SHOAL_DOMAIN: 'test' }

  async function visit(host: string, path: string, login: string | null = null): Promise<HttpAnswer> {
    const headers = { host: `${host}.infra.test` }
    const auth = login === null ? {} : { auth: login }
    return await askHttp({ host: cell.haproxy.address, path, headers, ...auth })
  }

  async function restartAgent(settings: Readonly<Record<string, string>>): Promise<void> {
    await cell.stopAgent('SIGTERM')
    cell.log.length = 0
    cell.startAgent(settings)
    await until(() => logged('in sync with Consul'))
  }

  it('are not there unless they are asked for', async () => {
    expect((await visit('consul-admin', '/ui/')).status).toBe(404)
    expect((await visit('proxy-admin', '/')).status).toBe(404)
  })

  it('open to the password in the secret', async () => {
    await restartAgent({ ...ON, SHOAL_DASHBOARDS_FILE: await cell.secret('ops:right\n') })
    await until(async () => (await visit('consul-admin', '/ui/')).status === 401)
    expect((await visit('proxy-admin', '/', 'ops:wrong')).status).toBe(401)
    expect((await visit('proxy-admin', '/', 'ops:right')).body).toContain('hello_www')
    expect((await visit('consul-admin', '/ui/', 'ops:right')).body).toContain(
      '<title>Consul by HashiCorp</title>',
    )
    const key = '/v1/kv/shoal/services/hello/www?raw'
    expect(JSON.parse((await visit('consul-admin', key, 'ops:right')).body)).toMatchObject({
      key: 'hello/www',
    })
  })

  it('of HAProxy outlive the agent, as traffic does; Consul’s says what is missing', async () => {
    await cell.stopAgent('SIGKILL')
    expect((await visit('proxy-admin', '/', 'ops:right')).status).toBe(200)
    expect((await visit('consul-admin', '/ui/', 'ops:right')).body).toContain('the node agent of this node')
    expect(await answers()).toBe(true)
  })

  it('come back with an agent that was killed', async () => {
    await restartAgent({ ...ON, SHOAL_DASHBOARDS_FILE: await cell.secret('ops:right') })
    await until(async () => (await visit('consul-admin', '/ui/', 'ops:right')).status === 200)
    expect(await answers()).toBe(true)
  })

  it('stay off without a password, which the log tells, and all else goes on', async () => {
    await restartAgent({ ...ON, SHOAL_DASHBOARDS_FILE: '/nowhere' })
    expect(cell.log.join('\n')).toMatch(/no password: SHOAL_DASHBOARDS_SECRET.*dashboards stay off/)
    await until(async () => (await visit('consul-admin', '/ui/', 'ops:right')).status === 404)
    expect((await visit('proxy-admin', '/', 'ops:right')).status).toBe(404)
    expect(await answers()).toBe(true)
  })
})
