import { describe, expect, it } from 'vitest'
import { ask, createConsul } from '../../src/consul/client.ts'
import { kvPrefixQuery } from '../../src/consul/watch.ts'
import { fakeAgent } from './fake-agent.ts'

describe('createConsul', () => {
  it.each([
    ['http://consul-agent-n1:8500', 'http://consul-agent-n1:8500'],
    ['http://consul-agent-n1:8500/', 'http://consul-agent-n1:8500'],
    ['https://consul.example.org', 'https://consul.example.org'],
  ])('understands %s', (url, address) => {
    expect(createConsul(url).address).toBe(address)
  })

  it('refuses what is no URL', () => {
    expect(() => createConsul('consul agent')).toThrow('Invalid URL')
  })
})

describe('ask', () => {
  it("gives the body and Consul's index", async () => {
    const client = await fakeAgent((_, response) => {
      response.setHeader('x-consul-index', '42')
      response.setHeader('content-type', 'application/json')
      response.end('[{"Key": "a"}]')
    })
    const reply = await ask(client, 'looking', { timeout: 1000 }, (options) =>
      client.api.health.state({ state: 'critical', ...options }),
    )
    expect(reply).toMatchObject({ index: 42, body: [{ Key: 'a' }] })
  })

  it('tells what Consul refused, and why', async () => {
    const client = await fakeAgent((_, response) => {
      response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' })
      response.end('No cluster leader')
    })
    const refused = ask(client, 'registering w.1.t1:http', { timeout: 1000 }, (options) =>
      client.api.agent.service.register({ name: 'w', ...options }),
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
    const late = ask(client, 'looking', { timeout: 100 }, (options) => client.api.agent.self(options))
    await expect(late).rejects.toMatchObject({
      status: null,
      message: expect.stringContaining('timed out (100ms)'),
    })
  })

  it('tells that nobody listens', async () => {
    const client = createConsul('http://127.0.0.1:1')
    const refused = ask(client, 'looking', { timeout: 1000 }, (options) => client.api.agent.self(options))
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
    const query = kvPrefixQuery(client, 'shoal/services/')
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
    await expect(kvPrefixQuery(client, 'a/')(7, aborter.signal)).rejects.toThrow('request aborted')
    await expect(closed).resolves.toBe('closed')
  })

  it('is not even asked when it was aborted before', async () => {
    const client = await fakeAgent((_, response) => void response.end())
    await expect(kvPrefixQuery(client, 'a/')(7, AbortSignal.abort())).rejects.toThrow('aborted')
  })
})
