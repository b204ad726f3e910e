import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from './ask.ts'
import { get } from './load.ts'
import { deploy, removeStack, waitUntilServed, world } from './world.ts'
import type { World } from './world.ts'

let target: World

beforeAll(async () => {
  target = await world()
  await deploy(target, 'routing', 'test/e2e/stacks/routing.stack.yml')
  await waitUntilServed(target, 'routing/web', 2)
})

afterAll(async () => await removeStack(target, 'routing'))

describe('HTTP routing', () => {
  it.each([0, 1, 2])('asks both tasks in turn from node %i', async (index) => {
    const { httpUrl: url } = target.cluster.node(index)
    const containers = (await ask({ url, host: 'web.example', count: 20 })).map(({ container }) => container)
    const repeated = containers.filter((container, at) => container === containers[at - 1])
    expect(new Set(containers).size).toBe(2)
    expect(repeated).toEqual([])
  })

  it.each([
    'web.example',
    'web.example:8080',
    'WEB.example',
    'web.routing',
    'web',
    'web.routing.127.0.0.1.nip.io',
  ])('finds the service by the host name %s', async (host) => {
    const { httpUrl: url } = target.cluster.node(0)
    expect(await ask({ url, host, count: 1 })).toHaveLength(1)
  })

  it.each([0, 1, 2])('answers 404 for a host name that nobody has, on node %i', async (index) => {
    const { status, body } = await get(target.cluster.node(index).httpUrl, 'nobody.example')
    expect(status).toBe(404)
    expect(body).toBe("Shoal: no service has the host name 'nobody.example'.\n")
  })
})
