/** Who may look at Consul's UI and HAProxy's statistics: nobody unless that is asked for, then who knows the password, to read. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import type { Login } from '../../swarm/dev/dashboards.ts'
import { startApp } from './app.ts'
import type { App } from './app.ts'
import { DASHBOARDS, dashboardsAnswer, redeployShoal, turnOn, visit } from './dashboards.ts'
import { get } from './load.ts'
import { condition } from './shoal.ts'
import { inOrder } from './steps.ts'
import { deployToolbox, inClient } from './toolbox.ts'
import { addressesOf, consul, containersOf, execIn, removeStack, world } from './world.ts'
import type { World } from './world.ts'

const FIRST: Login = { user: 'admin', password: 'the-first-one' }
const SECOND: Login = { user: 'ops', password: 'the-second-one' }
const SECRETS = ['shoal-test-first', 'shoal-test-second']
const HOSTS = Object.values(DASHBOARDS)
const NODES = [0, 1, 2]

inOrder()

let target: World
let app: App

beforeAll(async () => {
  target = await world()
  app = await startApp(target, 'dashboards', 2)
  await deployToolbox(target)
})

afterAll(async () => {
  await app.remove()
  await removeStack(target, 'toolbox')
  await redeployShoal(target, {})
  await target.cluster.docker(0, ['secret', 'rm', ...SECRETS])
})

/** What carries the traffic, and Consul. */
async function dataPlane(): Promise<string[][]> {
  const services = ['shoal_haproxy', 'shoal_consul-agent', 'shoal_consul-server', 'shoal_dns']
  return await Promise.all(
    services.flatMap((service) => NODES.map((node) => containersOf(target, node, service))),
  )
}

/** Status that an application on the mesh gets from its node's HAProxy. */
async function statusOnMesh(node: number, host: string, curlOptions = ''): Promise<string> {
  const [address] = await addressesOf(target, node, 'shoal_haproxy')
  const format = '-w "%{http_code}" -o /dev/null'
  return await inClient(
    target,
    node,
    'glibc',
    `curl -s ${format} ${curlOptions} -H 'Host: ${host}' http://${address}/`,
  )
}

/** Waits until the app answers to a host on every node. */
async function greets(host: string): Promise<void> {
  await waitFor(
    `the app to answer to ${host}`,
    async () => {
      const asked = target.cluster.nodes.map(({ httpUrl }) => get(httpUrl, host))
      return (await Promise.all(asked)).every(({ body }) => body.startsWith('Hello from ')) || undefined
    },
    { timeoutMs: 60_000, everyMs: 500 },
  )
}

it('are not there unless they are asked for', async () => {
  await dashboardsAnswer(target, 404)
  expect(await statusOnMesh(0, DASHBOARDS.consul)).toBe('404')
})

it('stay off where no password is named, which every agent says; all else runs', async () => {
  await redeployShoal(target, { SHOAL_DASHBOARDS: 'on' })
  await waitFor(
    'every agent to say what is missing',
    async () => {
      const log = await target.cluster.docker(0, ['service', 'logs', '--raw', 'shoal_node'])
      const said = log.split('\n').filter((line) => line.includes('no password: SHOAL_DASHBOARDS_SECRET'))
      return said.length >= target.cluster.nodes.length || undefined
    },
    { timeoutMs: 60_000, everyMs: 1000 },
  )
  await dashboardsAnswer(target, 404)
  for (const { httpUrl } of target.cluster.nodes) expect((await get(httpUrl, app.host)).status).toBe(200)
})

describe('behind their password', () => {
  let before: string[][]

  beforeAll(async () => {
    before = await dataPlane()
    await turnOn(target, 'shoal-test-first', `${FIRST.password}\n`)
    await dashboardsAnswer(target, 401)
  })

  it('they are turned on without a restart of HAProxy or Consul', async () => {
    expect(await dataPlane()).toEqual(before)
  })

  it.each(HOSTS)('%s refuses a stranger on every node, from outside and from the mesh', async (host) => {
    for (const node of NODES) {
      for (const login of [null, { ...FIRST, password: 'wrong' }, { ...FIRST, user: 'root' }]) {
        expect((await visit(target, { node, host, login })).status).toBe(401)
      }
      expect(await statusOnMesh(node, host)).toBe('401')
      expect(await statusOnMesh(node, host, '-u admin:wrong')).toBe('401')
    }
  })

  it('HAProxy’s page is that of the node that answers', async () => {
    for (const node of NODES) {
      const { status, body } = await visit(target, { node, host: DASHBOARDS.proxy, login: FIRST })
      expect(status).toBe(200)
      expect(body).toContain(` on node${node + 1}`)
      expect(body).toContain(app.backend)
    }
  })

  it('Consul’s page and what it reads come from every node, and to the mesh too', async () => {
    const path = `/v1/health/service/${app.consulService}`
    for (const node of NODES) {
      const page = await visit(target, { node, host: DASHBOARDS.consul, login: FIRST, path: '/ui/' })
      expect(page.body).toContain('<title>Consul by HashiCorp</title>')
      const health = await visit(target, { node, host: DASHBOARDS.consul, login: FIRST, path })
      expect(JSON.parse(health.body)).toHaveLength(2)
      expect(await statusOnMesh(node, DASHBOARDS.consul, '-L -u admin:the-first-one')).toBe('200')
    }
  })

  it.each(['PUT', 'POST', 'DELETE'])(
    '%s is refused to the right password, and Consul unchanged',
    async (method) => {
      const key = 'kv/shoal/services/dashboards/www'
      const entry = await consul<unknown>(target, 0, key)
      const paths = [`/v1/${key}`, '/v1/kv/stranger', '/v1/kv/?recurse', '/v1/agent/leave']
      for (const path of paths) {
        const { status } = await visit(target, {
          node: 0,
          host: DASHBOARDS.consul,
          login: FIRST,
          method,
          path,
        })
        expect(status).toBe(405)
      }
      expect(await statusOnMesh(0, DASHBOARDS.consul, `-X ${method} -u admin:the-first-one`)).toBe('405')
      // With the index of its last change.
      expect(await consul<unknown>(target, 0, key)).toEqual(entry)
      expect(await consul<string[]>(target, 0, 'kv/?keys')).not.toContain('stranger')
    },
  )

  it.each(['/v1/snapshot', '/v1/agent/connect/ca/leaf/www', '/v1/agent/self'])(
    '%s is refused to the right password: the UI has no need of it',
    async (path) => {
      const { status } = await visit(target, { node: 0, host: DASHBOARDS.consul, login: FIRST, path })
      expect(status).toBe(403)
    },
  )

  it('HAProxy’s volume has no password', async () => {
    const folder = '/var/lib/shoal/haproxy'
    const grep = (text: string): Promise<string> =>
      execIn(target, 0, 'shoal_haproxy', ['sh', '-c', `grep -rlsE '${text}' ${folder} || true`])
    expect(await grep('shoal.consul-admin')).toContain('40-dashboards.cfg')
    expect(await grep(`${FIRST.password}|${btoa(`admin:${FIRST.password}`)}`)).toBe('')
  })

  it('a service that asks for such a host is told, and does not get it', async () => {
    const spec = `apiVersion: shoal.dev/v1\nkind: Service\nmetadata: {name: www}\nspec:
  ports: [{port: 80, targetPort: 8080}]\n  hosts: [${DASHBOARDS.consul}, thief.example]
  health: {http: {path: /}, timeout: 2s}\n`
    const label = ['--label-add', `shoal.spec=${spec}`]
    await target.cluster.docker(0, ['service', 'update', '--detach', ...label, app.swarmService])
    const { message } = await condition(target, 'dashboards/www', 'Accepted', 'HostConflict')
    expect(message).toContain(`host ${DASHBOARDS.consul} is Shoal’s own while its dashboards are on`)
    await greets('thief.example')
    expect((await visit(target, { node: 0, host: DASHBOARDS.consul })).status).toBe(401)
  })

  it('they take another secret: the old password is none any more', async () => {
    await turnOn(target, 'shoal-test-second', `${SECOND.user}:${SECOND.password}`)
    await dashboardsAnswer(target, 200, SECOND)
    await dashboardsAnswer(target, 401, FIRST)
    expect(await dataPlane()).toEqual(before)
  })

  it('they go when they are turned off, and the service has the host that it asked for', async () => {
    await redeployShoal(target, {})
    await greets(DASHBOARDS.consul)
    for (const node of NODES) {
      expect((await visit(target, { node, host: DASHBOARDS.proxy, login: SECOND })).status).toBe(404)
    }
    expect(await dataPlane()).toEqual(before)
  })
})
