import { mkdtemp, rm } from 'node:fs/promises'
import type { Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { GenericContainer, Wait, type StartedTestContainer } from 'testcontainers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serveUi } from '../../../src/consul/ui.ts'
import { askHttp } from '../../http.ts'
import type { HttpAnswer } from '../../http.ts'

let container: StartedTestContainer
let address: string
let folder: string
let socket: string
let server: Server

beforeAll(async () => {
  container = await new GenericContainer('hashicorp/consul:1.22')
    .withCommand(['agent', '-dev', '-client=0.0.0.0', '-node=node1'])
    .withExposedPorts(8500)
    .withAutoCleanup(false)
    .withWaitStrategy(
      Wait.forHttp('/v1/status/leader', 8500).forResponsePredicate((body) => body.includes(':')),
    )
    .start()
  address = `http://${container.getHost()}:${container.getMappedPort(8500)}`
  folder = await mkdtemp(join(tmpdir(), 'shoal-ui-'))
  socket = join(folder, 'consul-ui.sock')
  server = await serveUi(address, socket)
})

afterAll(async () => {
  server.closeAllConnections()
  server.close()
  await container.stop()
  await rm(folder, { recursive: true, force: true })
})

function ask(path: string, method = 'GET', body?: string): Promise<HttpAnswer> {
  return askHttp({ socketPath: socket, path, method }, body)
}

/** Past the forwarder. */
async function put(key: string, value: string): Promise<void> {
  await fetch(`${address}/v1/kv/${key}`, { method: 'PUT', body: value })
}

describe('a real Consul behind the socket', () => {
  it('shows its UI with every script that the page names', async () => {
    expect(await ask('/')).toMatchObject({ status: 301, headers: { location: '/ui/' } })
    const { status, body } = await ask('/ui/')
    expect(status).toBe(200)
    const scripts = [...body.matchAll(/src="(\/ui\/assets\/[^"]+\.js)"/g)].map(([, path = '']) => path)
    expect(scripts.length).toBeGreaterThan(3)
    for (const path of scripts) {
      const { body: script } = await ask(path)
      expect(script).toBe(await (await fetch(address + path)).text())
    }
  })

  it('answers a blocking query when something changes, not before', async () => {
    await put('watched', 'one')
    const first = await ask('/v1/kv/watched?raw')
    expect(first.body).toBe('one')
    const next = ask(`/v1/kv/watched?raw&wait=1m&index=${String(first.headers['x-consul-index'])}`)
    // One that did not wait would be back before this is.
    await ask('/v1/status/leader')
    await put('watched', 'two')
    expect((await next).body).toBe('two')
  })

  it.each([
    ['PUT', '/v1/kv/kept'],
    ['DELETE', '/v1/kv/kept'],
    ['DELETE', '/v1/kv/?recurse'],
    ['PUT', '/v1/catalog/deregister'],
    ['PUT', '/v1/agent/leave'],
    ['POST', '/v1/kv/kept'],
  ])('cannot be changed with %s %s', async (method, path) => {
    await put('kept', 'as it was')
    expect((await ask(path, method, 'changed')).status).toBe(405)
    expect(await (await fetch(`${address}/v1/kv/kept?raw`)).text()).toBe('as it was')
  })

  it.each(['/v1/snapshot', '/v1/agent/connect/ca/leaf/www', '/v1/agent/metrics', '/v1/acl/tokens'])(
    'keeps %s to itself',
    async (path) => {
      expect((await fetch(address + path)).status).not.toBe(404)
      expect((await ask(path)).status).toBe(403)
    },
  )

  it('comes to no harm by a path that leads out of a folder', async () => {
    expect((await ask('/v1/kv/../snapshot')).status).toBe(403)
    expect((await ask('/v1/kv/%2e%2e/snapshot')).status).toBe(403)
  })
})
