import { describe, expect, it, onTestFinished } from 'vitest'
import type { ConsulApi } from '../../src/consul/call.ts'
import type { ConsulClient } from '../../src/consul/client.ts'
import { ask, openApi } from '../../src/consul/call.ts'
import { fakeAgent } from './fake-agent.ts'

describe('openApi', () => {
  it.each([
    ['http://consul-agent-n1:8500', 'http://consul-agent-n1:8500'],
    ['http://consul-agent-n1:8500/', 'http://consul-agent-n1:8500'],
    ['https://consul.example.org', 'https://consul.example.org'],
  ])('understands %s', (url, address) => {
    expect(openApi({ address: url }).address).toBe(address)
  })

  it('refuses what is no URL', () => {
    expect(() => openApi({ address: 'consul agent' })).toThrow('Invalid URL')
  })
})

/** The same agent, for calls of any kind. */
function apiOf({ address }: ConsulClient): ConsulApi {
  const api = openApi({ address })
  onTestFinished(() => api.npm.destroy())
  return api
}

describe('ask', () => {
  it("gives the body and Consul's index", async () => {
    const client = await fakeAgent((_, response) => {
      response.setHeader('x-consul-index', '42')
      response.setHeader('content-type', 'application/json')
      response.end('[{"Key": "a"}]')
    })
    const api = apiOf(client)
    const reply = await ask(api, 'looking', { timeout: 1000 }, (options) =>
      api.npm.health.state({ state: 'critical', ...options }),
    )
    expect(reply).toMatchObject({ index: 42, body: [{ Key: 'a' }] })
  })

  it('tells what Consul refused, and why', async () => {
    const client = await fakeAgent((_, response) => {
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
      response.end('No cluster leader')
    })
    const api = apiOf(client)
    const refused = ask(api, 'registering w.1.t1:http', { timeout: 1000 }, (options) =>
      api.npm.agent.service.register({ name: 'w', ...options }),
    )
    await expect(refused).rejects.toMatchObject({
      name: 'ConsulError',
      status: 500,
      message: `Consul at ${client.address}: registering w.1.t1:http: 500 No cluster leader`,
    })
  })

  it.each([
    ['says nothing', false],
    ['stops half-way', true],
  ])('gives up on an agent that %s', async (_, begins) => {
    const client = await fakeAgent((_request, response) => {
      if (begins) response.write('[{"Key":')
    })
    const api = apiOf(client)
    const late = ask(api, 'looking', { timeout: 100 }, (options) => api.npm.agent.self(options))
    await expect(late).rejects.toMatchObject({
      status: null,
      message: expect.stringContaining('timed out (100ms)'),
    })
  })

  it('tells that nobody listens', async () => {
    const api = openApi({ address: 'http://127.0.0.1:1' })
    const refused = ask(api, 'looking', { timeout: 1000 }, (options) => api.npm.agent.self(options))
    await expect(refused).rejects.toThrow('Consul at http://127.0.0.1:1: looking: connect ECONNREFUSED')
  })
})

describe('a blocking query', () => {
  it('asks at once without an index, else beyond it', async () => {
    const urls: string[] = []
    const client = await fakeAgent(({ url = '' }, response) => {
      urls.push(url)
      response.setHeader('x-consul-index', '7')
      response.end()
    })
    const query = client.queries.keys('shoal/services/')
    await expect(query(null, AbortSignal.timeout(5000))).resolves.toEqual({ index: 7, value: new Map() })
    await query(7, AbortSignal.timeout(5000))
    expect(urls.map((url) => url.replaceAll('%2F', '/'))).toEqual([
      '/v1/kv/shoal/services/?recurse=true',
      '/v1/kv/shoal/services/?recurse=true&index=7&wait=55s',
    ])
  })

  it('ends its connection when it is aborted', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<string>()
    const aborter = new AbortController()
    const client = await fakeAgent((request) => {
      request.once('close', () => resolve('closed'))
      aborter.abort()
    })
    await expect(client.queries.keys('a/')(7, aborter.signal)).rejects.toThrow('request aborted')
    await expect(closed).resolves.toBe('closed')
  })

  it('is not even asked when it was aborted before', async () => {
    const client = await fakeAgent((_, response) => void response.end())
    await expect(client.queries.keys('a/')(7, AbortSignal.abort())).rejects.toThrow('aborted')
  })
})
