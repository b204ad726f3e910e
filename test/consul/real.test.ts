import { isDeepStrictEqual } from 'node:util'
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { ConsulAgent } from '../../src/consul/agent.ts'
import { createConsul, type ConsulClient } from '../../src/consul/client.ts'
import { openApi } from '../../src/consul/call.ts'
import type { ConsulApi } from '../../src/consul/call.ts'
import type { BlockingQuery } from '../../src/lib/blocking-query.ts'
import type { Registration } from '../../src/model/registration.ts'

/** A check runs every second. */
const SOON = { timeout: 10_000 }

let container: StartedTestContainer
let agent: ConsulAgent
let client: ConsulClient
/** For what Shoal never asks. */
let api: ConsulApi

beforeAll(async () => {
  container = await new GenericContainer('hashicorp/consul:1.22')
    .withCommand(['agent', '-dev', '-client=0.0.0.0', '-node=node1', '-hcl=node_meta { swarm-node = "n1" }'])
    .withExposedPorts(8500)
    .withAutoCleanup(false)
    .withWaitStrategy(
      Wait.forHttp('/v1/status/leader', 8500).forResponsePredicate((body) => body.includes(':')),
    )
    .start()
  const address = `http://${container.getHost()}:${container.getMappedPort(8500)}`
  client = createConsul({ address })
  api = openApi({ address })
  agent = client.agent
})

afterAll(async () => {
  client.close()
  api.npm.destroy()
  await container.stop()
})

describe('a real Consul agent', () => {
  it('knows itself', async () => {
    await expect(agent.self()).resolves.toEqual({
      node: 'node1',
      datacenter: 'dc1',
      dnsAddresses: ['0.0.0.0:8600'],
    })
  })

  it('tells of which Swarm node it is', async () => {
    const { value, index } = await client.queries.agentNodes()(null, AbortSignal.timeout(5000))
    expect([[...value], index > 0]).toEqual([[['node1', 'n1']], true])
  })

  it('knows its leader and members, and tells its clock to the second', async () => {
    const { leader, clock } = await client.cluster.ask()
    expect(leader).toBe('127.0.0.1:8300')
    // On one machine both clocks are the same.
    expect(clock.least).toBeLessThanOrEqual(0)
    expect(clock.most).toBeGreaterThanOrEqual(0)
    expect(clock.most - clock.least).toBeLessThan(10_000)
    const address = '127.0.0.1'
    expect(await client.cluster.members()).toEqual([
      { name: 'node1', address, status: 'alive', server: true },
    ])
  })

  it('takes an instance from registration over its first check, maintenance and failure to its end', async () => {
    await heal('www')
    const seen = follow(client.queries.endpoints('www'))
    await expect(seen.next()).resolves.toEqual([])

    const registration = registrationOf('www')
    const first = seen.next()
    await register(registration)
    const endpoint = { server: 'www.1.t1', task: 't1', node: 'n1', nodeName: 'node1', zone: null, port: 8080 }
    await expect(first).resolves.toEqual([{ ...endpoint, address: '10.87.0.5', health: 'pending' }])
    await expect(seen.next()).resolves.toMatchObject([{ health: 'passing' }])
    const registered = { id: 'www.1.t1:http', service: 'www', hash: 'h1', instanceId: 't1' }
    await expect(agent.registered()).resolves.toEqual([{ ...registered, maintenance: false }])

    await agent.setMaintenance(registration.id, 'its task is to stop')
    await expect(seen.next()).resolves.toMatchObject([{ health: 'draining' }])
    await expect(agent.registered()).resolves.toEqual([{ ...registered, maintenance: true }])
    const notes = (await api.npm.health.checks('www')).map(({ Notes }) => Notes)
    expect(notes).toContain('its task is to stop')
    await agent.setMaintenance(registration.id, null)
    await expect(seen.next()).resolves.toMatchObject([{ health: 'passing' }])

    await fall('www')
    await expect(seen.next()).resolves.toMatchObject([{ health: 'critical' }])

    await agent.deregister(registration.id)
    await expect(seen.next()).resolves.toEqual([])
    await agent.deregister(registration.id)
    await expect(agent.registered()).resolves.toEqual([])
  })

  it('tells a failing first check from one that has not run, without delay', async () => {
    const seen = follow(client.queries.endpoints('broken'))
    await seen.next()
    const first = seen.next()
    await register(registrationOf('broken'))
    await expect(first).resolves.toMatchObject([{ health: 'pending' }])
    await expect(seen.next()).resolves.toMatchObject([{ health: 'critical' }])
  })

  it('knows that a new instance passes from one that is asked the same, and checks it all the same', async () => {
    const sibling = registrationOf('sibling')
    const twin = { ...registrationOf('twin'), check: sibling.check }
    await register(sibling)
    await expect.poll(() => healthOf('sibling'), SOON).toEqual(['critical'])
    await register({ ...twin, id: 'twin.1.t1:early' }, sibling.id)
    expect(await healthOf('twin')).toEqual(['pending'])
    await heal('sibling')
    await expect.poll(() => healthOf('sibling'), SOON).toEqual(['passing'])

    const seen = follow(client.queries.endpoints('late'))
    await expect(seen.next()).resolves.toEqual([])
    await register({ ...twin, id: 'late.1.t1:late', service: 'late' }, sibling.id)
    await expect(seen.next()).resolves.toMatchObject([{ health: 'passing' }])
    await fall('sibling')
    await expect(seen.next()).resolves.toMatchObject([{ health: 'critical' }])
  })

  it('keeps health and maintenance of an instance that is registered anew with other content', async () => {
    await heal('again')
    const registration = registrationOf('again')
    await register(registration)
    await expect.poll(() => healthOf('again'), SOON).toEqual(['passing'])

    const seen = follow(client.queries.endpoints('again'))
    await seen.next()
    await agent.register({
      ...registration,
      address: '10.87.0.9',
      meta: { ...registration.meta, 'shoal-hash': 'h2' },
    })
    await expect(seen.next()).resolves.toMatchObject([{ address: '10.87.0.9', health: 'passing' }])
    await agent.setMaintenance(registration.id, 'its task is to stop')
    await agent.register({ ...registration, meta: { ...registration.meta, 'shoal-hash': 'h3' } })
    await expect(agent.registered()).resolves.toMatchObject([{ hash: 'h3', maintenance: true }])
    await expect.poll(() => healthOf('again'), SOON).toEqual(['draining'])
  })

  it('checks by TCP', async () => {
    const tcp = { http: null, tcp: '127.0.0.1:8500', host: null, interval: 1000, timeout: 500 }
    await register({ ...registrationOf('tcp'), check: tcp })
    await expect.poll(() => healthOf('tcp'), SOON).toEqual(['passing'])
  })

  it('takes no redirect for health', async () => {
    // Consul's own UI: /  redirects to /ui/, which answers 200.
    const http = { http: 'http://127.0.0.1:8500/', tcp: null, host: null, interval: 1000, timeout: 500 }
    await register({ ...registrationOf('moved'), check: http })
    await expect.poll(() => healthOf('moved'), SOON).toEqual(['critical'])
  })

  it('says which instance it does not know', async () => {
    await expect(agent.setMaintenance('nobody.1.t1:http', 'why not')).rejects.toMatchObject({
      status: 404,
      message: expect.stringContaining('setting maintenance of nobody.1.t1:http: 404 Unknown service ID'),
    })
  })

  it('leaves out what others registered', async () => {
    await api.npm.agent.service.register({ name: 'theirs', id: 'theirs', port: 80 })
    await expect.poll(() => api.npm.catalog.service.nodes('theirs'), SOON).toHaveLength(1)
    await expect(agent.registered()).resolves.toEqual([])
    await expect(healthOf('theirs')).resolves.toEqual([])
    await agent.deregister('theirs')
  })

  it('names the checks that fail, and not those in maintenance', async () => {
    const seen = follow(client.queries.failingChecks())
    await expect(seen.next()).resolves.toEqual(new Map())
    await heal('hint')
    await register(registrationOf('hint'))
    await expect.poll(() => healthOf('hint'), SOON).toEqual(['passing'])
    await agent.setMaintenance('hint.1.t1:http', 'its task is to stop')
    await fall('hint')
    await expect(seen.next()).resolves.toEqual(new Map([['node1/hint.1.t1:http:check', 'critical']]))
  })
})

describe("a real Consul's key-value pairs", () => {
  it('are followed by prefix, from none at all to none again', async () => {
    const seen = follow(client.queries.keys('shoal/services/'))
    await expect(seen.next()).resolves.toEqual(new Map())
    await client.kv.put('shoal/services/hello/wörld', '{"name":"wörld"}')
    await expect(seen.next()).resolves.toEqual(new Map([['shoal/services/hello/wörld', '{"name":"wörld"}']]))
    await client.kv.put('shoal/services/hello/empty', '')
    const both = new Map([
      ['shoal/services/hello/empty', ''],
      ['shoal/services/hello/wörld', '{"name":"wörld"}'],
    ])
    await expect(seen.next()).resolves.toEqual(both)
    await expect(client.kv.read('shoal/')).resolves.toEqual(both)
    await expect(client.kv.read('nothing/')).resolves.toEqual(new Map())
    await client.kv.delete('shoal/services/hello/empty')
    await seen.next()
    await client.kv.delete('shoal/services/hello/wörld')
    await expect(seen.next()).resolves.toEqual(new Map())
    await client.kv.delete('shoal/services/hello/wörld')
  })

  it('block until there is news', async () => {
    await client.kv.put('blocked/a', '1')
    const aborter = new AbortController()
    const { index } = await client.queries.keys('blocked/')(null, aborter.signal)
    const answer = client.queries.keys('blocked/')(index, aborter.signal)
    await client.kv.put('elsewhere', '1')
    await client.kv.read('elsewhere')
    await expect(Promise.race([answer, Promise.resolve('blocked')])).resolves.toBe('blocked')
    aborter.abort()
    await expect(answer).rejects.toThrow('request aborted')
  })
})

/** An instance whose health check asks for a key in Consul itself: there or not, as `heal` and `fall` make it. */
function registrationOf(service: string): Registration {
  return {
    id: `${service}.1.t1:http`,
    service,
    address: '10.87.0.5',
    port: 8080,
    tags: ['blue'],
    meta: {
      'shoal-service': `default/${service}`,
      'shoal-port': 'http',
      'shoal-task': 't1',
      'shoal-node': 'n1',
      'shoal-node-name': 'node1',
      'shoal-zone': '',
      'shoal-hash': 'h1',
    },
    check: {
      http: `http://127.0.0.1:8500/v1/kv/healthy/${service}`,
      tcp: null,
      host: 'www.example.org',
      interval: 1000,
      timeout: 500,
    },
    maintenance: null,
    asHeld: false,
  }
}

function heal(service: string): Promise<void> {
  return client.kv.put(`healthy/${service}`, 'yes')
}

function fall(service: string): Promise<void> {
  return client.kv.delete(`healthy/${service}`)
}

async function register(registration: Registration, checkedAs?: string): Promise<void> {
  onTestFinished(() => agent.deregister(registration.id))
  await agent.register(registration, checkedAs)
}

async function healthOf(service: string): Promise<readonly string[]> {
  const { value } = await client.queries.endpoints(service)(null, AbortSignal.timeout(5000))
  return value.map(({ health }) => health)
}

/** The values of a blocking query, one after the other, each other than the one before. */
function follow<T>(query: BlockingQuery<T>): { next(): Promise<T> } {
  let last: { readonly index: number | null; readonly value?: T } = { index: null }
  return {
    async next() {
      for (;;) {
        const answer = await query(last.index, AbortSignal.timeout(20_000))
        const isNews = !isDeepStrictEqual(answer.value, last.value)
        last = answer
        if (isNews) return answer.value
      }
    },
  }
}
