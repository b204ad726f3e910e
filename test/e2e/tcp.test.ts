import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deployToolbox, inClient, onNode, untilServedLocally } from './toolbox.ts'
import type { Libc } from './toolbox.ts'
import { containersOf, deploy, removeStack, waitUntilServed, world } from './world.ts'
import type { World } from './world.ts'

const NODES = [0, 1, 2]
const LIBCS: readonly Libc[] = ['glibc', 'musl']
const CLIENTS = LIBCS.flatMap((libc) => NODES.map((node) => ({ libc, node })))

let target: World

beforeAll(async () => {
  target = await world()
  await Promise.all([deploy(target, 'tcp', 'manifests/tcp.stack.yml'), deployToolbox(target)])
  await waitUntilServed(target, 'tcp/echo', 2)
})

afterAll(async () => {
  await Promise.all(['tcp', 'toolbox'].map((stack) => removeStack(target, stack)))
})

describe('a TCP service', () => {
  it.each(CLIENTS)(
    'answers on its own port by its short names, to $libc on node $node',
    async ({ libc, node }) => {
      const connect = { glibc: 'nc -N -w 5', musl: 'nc -w 5' }[libc]
      for (const name of ['echo', 'echo.tcp']) {
        await untilServedLocally(target, { node, libc }, name)
        const answer = await inClient(target, node, libc, `echo ping | ${connect} ${name} 7000`)
        expect(answer).toMatch(/^hello from container [0-9a-f]{12}\nping\n$/)
      }
    },
  )

  it('reaches every one of its tasks', async () => {
    const tasks = (await Promise.all(NODES.map((node) => containersOf(target, node, 'tcp_server')))).flat()
    const script = 'for n in 1 2 3 4; do echo | nc -N -w 5 echo 7000; done'
    const answers = await Promise.all(NODES.map((node) => inClient(target, node, 'glibc', script)))
    const reached = answers.join('').matchAll(/^hello from container (\w+)$/gm)
    expect(new Set([...reached].map(([, id]) => id))).toEqual(new Set(tasks))
  })

  it.each(NODES)('is not published on node %i', async (node) => {
    const connect = (port: number) => `nc -z -w 1 127.0.0.1 ${port} && echo ${port}`
    expect(await onNode(target, node, `${connect(80)}; ${connect(7000)}; exit 0`)).toBe('80\n')
  })
})
