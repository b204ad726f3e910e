import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { serveUi } from '../../src/consul/ui.ts'
import { askHttp } from '../http.ts'
import { fakeAgent } from './fake-agent.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

async function freePath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-ui-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return join(folder, 'consul-ui.sock')
}

/** Path of the socket, behind which this agent stands. */
async function uiOf(answer: Answer): Promise<string> {
  const { address } = await fakeAgent(answer)
  return await serve(address, await freePath())
}

async function serve(address: string, socketPath: string): Promise<string> {
  const server = await serveUi(address, socketPath)
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return socketPath
}

describe('a request that reads', () => {
  it('gets Consul’s answer: status, headers and all of a large body', async () => {
    const large = 'x'.repeat(20_000_000)
    const socketPath = await uiOf((_, response) => {
      response.writeHead(203, { 'x-consul-index': '7', etag: 'e', 'keep-alive': 'timeout=1' })
      response.end(large)
    })
    const { status, headers, body } = await askHttp({ socketPath, path: '/v1/kv/a?raw' })
    expect({ status, index: headers['x-consul-index'], etag: headers.etag }).toEqual({
      status: 203,
      index: '7',
      etag: 'e',
    })
    expect(headers['keep-alive']).not.toBe('timeout=1')
    expect(body === large).toBe(true)
  })

  it('is asked as it is, without password, token, body or the asked-for host', async () => {
    let seen: unknown
    const socketPath = await uiOf(({ method, url, headers }, response) => {
      seen = { method, url, headers }
      response.end()
    })
    const headers = {
      authorization: 'Basic x',
      'x-consul-token': 't',
      host: 'consul-admin.test',
      accept: 'a/b',
      'content-length': '4',
    }
    await askHttp({ socketPath, path: '/v1/kv/a%2Fb?wait=1s&index=3', headers }, 'more')
    expect(seen).toEqual({
      method: 'GET',
      url: '/v1/kv/a%2Fb?wait=1s&index=3',
      headers: { accept: 'a/b', connection: 'keep-alive', host: expect.stringMatching(/^127\.0\.0\.1:/) },
    })
  })

  it('takes no longer at Consul than someone waits for it', async () => {
    const arrived = Promise.withResolvers<ServerResponse>()
    const socketPath = await uiOf((_, response) => arrived.resolve(response))
    const person = new AbortController()
    const asked = askHttp({ socketPath, path: '/v1/health/state/any?index=9&wait=5m', signal: person.signal })
    const atConsul = await arrived.promise
    const closed = once(atConsul, 'close')
    person.abort()
    await expect(asked).rejects.toThrow('aborted')
    await closed
    expect(atConsul.writableFinished).toBe(false)
  })

  it('is told when Consul is not there', async () => {
    const socketPath = await serve('http://127.0.0.1:1', await freePath())
    const { status, body } = await askHttp({ socketPath, path: '/ui/' })
    expect({ status, body }).toEqual({
      status: 502,
      body: 'Shoal: Consul does not answer: connect ECONNREFUSED 127.0.0.1:1.\n',
    })
  })

  it('breaks off where Consul breaks off', async () => {
    const socketPath = await uiOf((_, response) => {
      response.write('half', () => response.destroy())
    })
    await expect(askHttp({ socketPath, path: '/ui/' })).rejects.toThrow('aborted')
  })
})

describe('what does not read', () => {
  it.each(['PUT', 'POST', 'DELETE', 'PATCH', 'OPTIONS'])('%s never comes to Consul', async (method) => {
    let came = 0
    const socketPath = await uiOf((_, response) => {
      came++
      response.end()
    })
    const { status, headers } = await askHttp({ socketPath, path: '/v1/kv/a', method }, 'x')
    expect({ status, allow: headers.allow, came }).toEqual({ status: 405, allow: 'GET, HEAD', came: 0 })
  })

  it('nor does what the UI has no need of', async () => {
    let came = 0
    const socketPath = await uiOf((_, response) => {
      came++
      response.end()
    })
    expect(await askHttp({ socketPath, path: '/v1/snapshot' })).toMatchObject({ status: 403 })
    expect(came).toBe(0)
  })
})

describe('the socket', () => {
  it('is open to HAProxy’s user, and takes the place of what a predecessor left', async () => {
    const { address } = await fakeAgent((_, response) => response.end('new'))
    const socketPath = await freePath()
    await writeFile(socketPath, '')
    await serve(address, socketPath)
    expect((await stat(socketPath)).mode & 0o777).toBe(0o666)
    expect((await askHttp({ socketPath, path: '/ui/' })).body).toBe('new')
  })
})
