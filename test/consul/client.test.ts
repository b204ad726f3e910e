import { readFile } from 'node:fs/promises'
import { createServer } from 'node:https'
import type { ServerOptions } from 'node:https'
import { describe, expect, it, onTestFinished } from 'vitest'
import { consulClients, createConsul } from '../../src/consul/client.ts'
import type { ConsulClient } from '../../src/consul/client.ts'
import type { Registration } from '../../src/model/registration.ts'
import { fakeAgent } from './fake-agent.ts'
import { TLSSocket } from 'node:tls'

const pem = (name: string) => readFile(new URL(`tls/${name}.pem`, import.meta.url), 'utf8')
/** Signed by the same authority, for 127.0.0.1. */
const [ca, serverCert, serverKey, cert, key] = await Promise.all([
  pem('ca'),
  pem('server'),
  pem('server.key'),
  pem('client'),
  pem('client.key'),
])

const REGISTRATION: Registration = {
  id: 'hello_www.1.t1:www-hello',
  service: 'www-hello',
  address: '10.0.0.1',
  port: 80,
  tags: [],
  meta: {
    'shoal-service': 'hello/www',
    'shoal-port': 'http',
    'shoal-task': 't1',
    'shoal-node': 'n1',
    'shoal-node-name': 'node1',
    'shoal-zone': '',
    'shoal-hash': 'h1',
  },
  check: { http: null, tcp: '10.0.0.1:80', host: null, interval: 1000, timeout: 500 },
  maintenance: null,
  asHeld: false,
}

/** Everything that a client can be asked for. */
const CALLS: Readonly<Record<string, (client: ConsulClient) => Promise<unknown>>> = {
  'what is registered': ({ agent }) => agent.registered(),
  'a registration': ({ agent }) => agent.register(REGISTRATION, 'hello_www.1.t1:other'),
  maintenance: ({ agent }) => agent.setMaintenance(REGISTRATION.id, 'to stop'),
  'the end of maintenance': ({ agent }) => agent.setMaintenance(REGISTRATION.id, null),
  deregistration: ({ agent }) => agent.deregister(REGISTRATION.id),
  'the agent itself': ({ agent }) => agent.self(),
  members: ({ cluster }) => cluster.members(),
  'the leader': ({ cluster }) => cluster.ask(),
  'keys under a prefix': ({ kv }) => kv.read('shoal/'),
  'a key’s new value': ({ kv }) => kv.put('shoal/a', '1'),
  'a key’s end': ({ kv }) => kv.delete('shoal/a'),
  'endpoints of a service': ({ queries }) => queries.endpoints('www')(null, AbortSignal.timeout(5000)),
  'endpoints beyond an index': ({ queries }) => queries.endpoints('www')(7, AbortSignal.timeout(5000)),
  'keys to follow': ({ queries }) => queries.keys('shoal/')(null, AbortSignal.timeout(5000)),
  'failing checks': ({ queries }) => queries.failingChecks()(null, AbortSignal.timeout(5000)),
  'nodes of agents': ({ queries }) => queries.agentNodes()(null, AbortSignal.timeout(5000)),
}

/** URL of an agent that notes the token of each request it gets. */
async function agentThatNotes(tokens: unknown[]): Promise<string> {
  const { address } = await fakeAgent(({ headers }, response) => {
    tokens.push(headers['x-consul-token'])
    response.setHeader('content-type', 'application/json').end('null')
  })
  return address
}

function closed(client: ConsulClient): ConsulClient {
  onTestFinished(() => client.close())
  return client
}

describe('a token', () => {
  it.each(Object.entries(CALLS))(
    'goes with every request for %s, and only where there is one',
    async (_, call) => {
      const tokens: unknown[] = []
      const address = await agentThatNotes(tokens)
      await call(closed(createConsul({ address, token: 'secret' })))
      expect(tokens.length).toBeGreaterThan(0)
      expect(new Set(tokens)).toEqual(new Set(['secret']))
      tokens.length = 0
      await call(closed(createConsul({ address })))
      expect(tokens.length).toBeGreaterThan(0)
      expect(new Set(tokens)).toEqual(new Set([undefined]))
    },
  )
})

/** URL of an agent that speaks TLS, and says whose certificates it saw. */
async function tlsAgent(options: ServerOptions, seen: unknown[] = []): Promise<string> {
  const server = createServer({ cert: serverCert, key: serverKey, ...options }, ({ socket }, response) => {
    if (socket instanceof TLSSocket) seen.push(socket.getPeerCertificate().subject?.CN)
    response.setHeader('content-type', 'application/json').end('"10.0.0.1:8300"')
  })
  const { promise: listening, resolve } = Promise.withResolvers<null>()
  server.listen(0, '127.0.0.1', () => resolve(null))
  await listening
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP port')
  return `https://127.0.0.1:${address.port}`
}

describe('TLS', () => {
  it('takes an agent whose certificate the given authority signed', async () => {
    const client = closed(createConsul({ address: await tlsAgent({}), tls: { ca } }))
    expect((await client.cluster.ask()).leader).toBe('10.0.0.1:8300')
  })

  it('refuses an agent whose certificate nobody known signed', async () => {
    const client = closed(createConsul({ address: await tlsAgent({}) }))
    await expect(client.cluster.ask()).rejects.toThrow('unable to verify')
  })

  it('shows the program’s own certificate to an agent that asks for one', async () => {
    const seen: unknown[] = []
    const address = await tlsAgent({ ca, requestCert: true, rejectUnauthorized: true }, seen)
    const client = closed(createConsul({ address, tls: { ca, cert, key } }))
    expect((await client.cluster.ask()).leader).toBe('10.0.0.1:8300')
    expect(seen).toEqual(['client'])
    const without = closed(createConsul({ address, tls: { ca } }))
    await expect(without.cluster.ask()).rejects.toMatchObject({ name: 'ConsulError', status: null })
  })

  it('is refused for an address without it', () => {
    const options = { address: 'http://consul-agent:8500', tls: { ca } }
    expect(() => createConsul(options)).toThrow('certificates are of no use with http://consul-agent:8500')
  })
})

describe('the clients of a program', () => {
  it('are one for each address', () => {
    const clients = consulClients()
    expect(clients.at('http://10.0.0.1:8500')).toBe(clients.at('http://10.0.0.1:8500'))
    expect(clients.on('10.0.0.1')).toBe(clients.at('http://10.0.0.1:8500'))
    expect(clients.on('10.0.0.2')).not.toBe(clients.on('10.0.0.1'))
  })

  it('all have the program’s token', async () => {
    const tokens: unknown[] = []
    const clients = consulClients({ token: 'secret' })
    for (const url of [await agentThatNotes(tokens), await agentThatNotes(tokens)]) {
      await closed(clients.at(url)).agent.self()
    }
    expect(tokens).toEqual(['secret', 'secret'])
  })

  it('speak TLS on Consul’s port for that where the program has certificates', () => {
    expect(consulClients({ tls: { ca } }).on('10.0.0.1').address).toBe('https://10.0.0.1:8501')
    expect(consulClients().on('10.0.0.1').address).toBe('http://10.0.0.1:8500')
  })
})
