/** One stack file deployed for two branches, each in a namespace of its own. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ask } from './ask.ts'
import { condition, serviceView } from './shoal.ts'
import { deployToolbox, inClient } from './toolbox.ts'
import { deploy, execIn, removeStack, waitUntilServed, world } from './world.ts'
import type { World } from './world.ts'

const LINES = ['prod', 'feat42']
const STACKS = [...LINES.map((line) => `shop-${line}`), 'shop-rival', 'toolbox']
const DOMAIN = '127.0.0.1.nip.io'

let target: World

beforeAll(async () => {
  target = await world()
  for (const line of LINES) {
    await deploy(target, `shop-${line}`, 'manifests/tour/branches.stack.yml', { PROD_LINE: line })
  }
  await deployToolbox(target)
  for (const line of LINES) {
    for (const name of ['servicea', 'serviceb']) await waitUntilServed(target, `${line}/${name}`, 1)
  }
})

afterAll(async () => {
  await Promise.all(STACKS.map((stack) => removeStack(target, stack)))
})

/** The node of the only container of a service. */
async function nodeOf(service: string): Promise<number> {
  const format = '{{.Node}}'
  const filter = ['--filter', 'desired-state=running']
  const node = (
    await target.cluster.docker(0, ['service', 'ps', '--format', format, ...filter, service])
  ).trim()
  return target.cluster.nodes.findIndex(({ name }) => name === node)
}

describe.each(LINES)('the stack of branch %s', (line) => {
  it.each(['a', 'b'])('is asked from outside as service%s.<branch>.<base domain>', async (letter) => {
    const host = `service${letter.toUpperCase()}.${line}.${DOMAIN}`
    for (const { httpUrl: url } of target.cluster.nodes) {
      const hostnames = (await ask({ url, host, count: 3 })).map(({ hostname }) => hostname)
      expect(new Set(hostnames)).toEqual(new Set([`${letter}-${line}`]))
    }
  })

  it.each(['serviceA', 'serviceB'])('is asked by containers as http://%s.<branch>/', async (name) => {
    const expected = new RegExp(
      `^Hello from container \\w+ on ${name === 'serviceA' ? 'a' : 'b'}-${line}\\n$`,
    )
    expect(await inClient(target, 0, 'glibc', `curl -sS http://${name}.${line}/`)).toMatch(expected)
    expect(await inClient(target, 2, 'musl', `wget -q -O - http://${name}.${line}/`)).toMatch(expected)
  })

  it('has its A ask its own B', async () => {
    const request = String.raw`printf 'GET / HTTP/1.0\r\nHost: serviceB.${line}\r\n\r\n' | socat -t5 - TCP:serviceB.${line}:80`
    const service = `shop-${line}_a`
    const answer = await execIn(target, await nodeOf(service), service, ['sh', '-c', request])
    expect(answer).toContain(`on b-${line}\n`)
  })
})

describe('two stacks whose tags claim one host', () => {
  it('leave it to the older; the newer says so, and has it when the older is gone', async () => {
    const claim = (tag: string) => ['--env-add', `SERVICE_8080_TAGS=server_alias=${tag}`]
    const update = (stack: string, ...args: readonly string[]) =>
      target.cluster.docker(0, ['service', 'update', ...args, `${stack}_a`])
    await update('shop-prod', ...claim('shop.home'))
    await condition(target, 'prod/servicea', 'Accepted', 'Accepted')
    await deploy(target, 'shop-rival', 'manifests/tour/branches.stack.yml', { PROD_LINE: 'rival' })
    await update('shop-rival', ...claim('shop.home'))
    const conflict = await condition(target, 'rival/servicea', 'Accepted', 'HostConflict')
    expect(conflict.status).toBe('False')
    expect(conflict.message).toContain('host shop.home is held by prod/servicea, which is older')
    await waitUntilServed(target, 'rival/servicea', 1)
    const asked = async () => {
      const answers = target.cluster.nodes.map(({ httpUrl: url }) =>
        ask({ url, host: 'Shop.home', count: 1 }),
      )
      return (await Promise.all(answers)).flat().map(({ hostname }) => hostname)
    }
    expect(await asked()).toEqual(['a-prod', 'a-prod', 'a-prod'])
    await update('shop-prod', '--env-rm', 'SERVICE_8080_TAGS')
    await condition(target, 'rival/servicea', 'Accepted', 'Accepted')
    await condition(target, 'rival/servicea', 'Programmed', 'Programmed')
    expect(await asked()).toEqual(['a-rival', 'a-rival', 'a-rival'])
    expect((await serviceView(target, 'rival/servicea'))?.hosts).toContain(`shop.home.${DOMAIN}`)
  })
})
