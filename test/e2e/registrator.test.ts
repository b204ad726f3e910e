/** Services as a user of registrator has them: nothing but SERVICE_ variables, and the stack file of the page on migration. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from './ask.ts'
import { get } from './load.ts'
import { condition, serviceView } from './shoal.ts'
import { deployToolbox, inClient, untilServedLocally } from './toolbox.ts'
import {
  allAddressesOf,
  consul,
  deploy,
  isReady,
  removeStack,
  servers,
  waitUntilServed,
  world,
} from './world.ts'
import type { World } from './world.ts'

const DOMAIN = '127.0.0.1.nip.io'
const STACKS = ['moved', 'registrator', 'toolbox']

let target: World

beforeAll(async () => {
  target = await world()
  await deploy(target, 'moved', 'manifests/migration/after.stack.yml')
  await Promise.all([
    deploy(target, 'registrator', 'test/e2e/stacks/registrator.stack.yml'),
    deployToolbox(target),
  ])
  await waitUntilServed(target, 'world.dev/www', 2)
  for (const key of [
    'moved/api',
    'moved/cache',
    'registrator/many-8080',
    'registrator/echo-tcp',
    'registrator/right',
  ] as const) {
    await waitUntilServed(target, key, 1)
  }
})

afterAll(async () => {
  await Promise.all(STACKS.map((stack) => removeStack(target, stack)))
})

/** An instance as Consul's health API gives it, with its service's check. */
interface Instance {
  readonly Service: { readonly Service: string; readonly Port: number; readonly Tags: readonly string[] }
  readonly Checks: readonly Check[]
}
interface Check {
  readonly CheckID: string
  readonly Type: string
  readonly Interval: string
  readonly Timeout: string
  readonly Status: string
}

/** What Consul says of each instance of a service: port, tags, and its own check. */
async function instances(service: string) {
  const found = await consul<Instance[]>(target, 0, `health/service/${service}`)
  return found.map(({ Service: { Port, Tags }, Checks }) => {
    const check = Checks.find(({ CheckID }) => CheckID !== 'serfHealth')
    return [Port, Tags, check?.Type, check?.Interval, check?.Timeout, check?.Status]
  })
}

describe('a service of SERVICE_ variables', () => {
  it.each([
    'www.world.dev',
    `www.world.dev.${DOMAIN}`,
    'hello.home',
    `hello.home.${DOMAIN}`,
    `WWW.World.Dev.${DOMAIN}`,
    `api.moved.${DOMAIN}`,
    `many-8080.registrator.${DOMAIN}`,
    'one.home',
    `two.home.${DOMAIN}`,
  ])('answers for the host %s on every node', async (host) => {
    for (const { httpUrl: url } of target.cluster.nodes) {
      expect(await ask({ url, host, count: 1 })).toHaveLength(1)
    }
  })

  it('is in Consul with its port, its tags as they were written, and its check', async () => {
    const tags = ['world.dev', 'server_alias=hello.home']
    const www = [8080, tags, 'http', '5s', '3s', 'passing']
    expect(await instances('www-world-dev')).toEqual([www, www])
    expect(await instances('api-moved')).toEqual([[8080, [], 'tcp', '1s', '10s', 'passing']])
    expect(await instances('cache-moved')).toEqual([[7000, [], 'tcp', '1s', '10s', 'passing']])
  })

  it('of several ports is one for each, with what variables say of that port', async () => {
    const many = [8080, ['v=1', 'Team:Shop'], 'http', '1s', '10s', 'passing']
    expect(await instances('many-8080-registrator')).toEqual([many])
    expect(await instances('echo-tcp-registrator')).toEqual([[7001, ['v=2'], 'tcp', '1s', '10s', 'passing']])
    expect(await serviceView(target, 'registrator/many-8080')).toMatchObject({
      source: 'SERVICE_8080_* of service registrator_many',
    })
  })

  it('takes its labels before its environment', async () => {
    expect(await instances('right-registrator')).toEqual([
      [8080, ['server_aliases=one.home two.home'], 'http', '1s', '10s', 'passing'],
    ])
  })

  it('has the backend that the old proxy had, with its tasks ready', async () => {
    const containers = await allAddressesOf(target, 'moved_www')
    const ready = (await servers(target, 0, 'world.dev_www')).filter(isReady)
    expect(ready.map(({ address }) => address).toSorted()).toEqual(
      containers.map((address) => `${address}:8080`).toSorted(),
    )
  })

  it.each(['www.world.dev', 'hello.home', 'api.moved', 'api.moved:8080', 'WWW.World.Dev'])(
    'is answered by the own node’s HAProxy to containers, as http://%s/',
    async (host) => {
      const [name = ''] = host.split(':')
      await untilServedLocally(target, { node: 1, libc: 'glibc' }, name)
      for (const [libc, fetch] of [
        ['glibc', 'curl -sS'],
        ['musl', 'wget -q -O -'],
      ] as const) {
        expect(await inClient(target, 1, libc, `${fetch} http://${host}/`)).toMatch(/^Hello from container/)
      }
    },
  )

  it('whose protocol is TCP answers on its port', async () => {
    const answer = await inClient(target, 2, 'glibc', 'echo ping | nc -N -w 5 cache.moved 7000')
    expect(answer).toMatch(/^hello from container [0-9a-f]{12}\nping\n$/)
  })
})

describe('no service', () => {
  it('comes of SERVICE_IGNORE, of an ignored port, or of no variables', async () => {
    const names = Object.keys(await consul<Record<string, unknown>>(target, 0, 'catalog/services'))
    const own = names.filter((name) => /(moved|registrator|world-dev)$/.test(name)).toSorted()
    expect(own).toEqual([
      'api-moved',
      'cache-moved',
      'echo-tcp-registrator',
      'many-8080-registrator',
      'right-registrator',
      'www-world-dev',
    ])
    const { status } = await get(target.cluster.node(0).httpUrl, `worker.moved.${DOMAIN}`)
    expect(status).toBe(404)
  })

  it('comes of one that is not on the mesh, which is told', async () => {
    const { status, message } = await condition(target, 'registrator/elsewhere', 'Accepted', 'NotOnMesh')
    expect(status).toBe('False')
    expect(message).toContain(
      'service registrator_elsewhere has SERVICE_ variables, but is not on network shoal_mesh',
    )
    expect((await get(target.cluster.node(0).httpUrl, 'elsewhere.home')).status).toBe(404)
  })
})

describe('a bad value', () => {
  it('is told of with its place, and the last good one stays in force', async () => {
    const update = (value: string) =>
      target.cluster.docker(0, [
        'service',
        'update',
        '--env-add',
        `SERVICE_8080_CHECK_INTERVAL=${value}`,
        'moved_www',
      ])
    await update('abc')
    const { message } = await condition(target, 'world.dev/www', 'Accepted', 'InvalidSpec')
    expect(message).toMatch(
      /^env SERVICE_8080_CHECK_INTERVAL of service moved_www: found "abc"; expected a duration/,
    )
    await waitUntilServed(target, 'world.dev/www', 2)
    expect((await instances('www-world-dev')).map(([, , , interval]) => interval)).toEqual(['5s', '5s'])
    const { httpUrl: url } = target.cluster.node(1)
    expect(await ask({ url, host: 'hello.home', count: 4 })).toHaveLength(4)
    await update('5s')
    await condition(target, 'world.dev/www', 'Accepted', 'Accepted')
  })
})
