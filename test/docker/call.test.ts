import { describe, expect, it } from 'vitest'
import { call } from '../../src/docker/call.ts'
import { fakeEngine } from './fake-engine.ts'

describe('call', () => {
  it('gives the answer', async () => {
    const docker = await fakeEngine('1.51', (_, response) => void response.end('[{"ID": "n1"}]'))
    await expect(call(docker.address, 'listing nodes', () => docker.api.listNodes())).resolves.toEqual([
      { ID: 'n1' },
    ])
  })

  it('gives up on an engine that says nothing', async () => {
    const docker = await fakeEngine('1.51', () => {})
    await expect(call('engine', 'listing nodes', () => docker.api.listNodes(), 50)).rejects.toThrow(
      'Docker at engine: listing nodes: no whole answer in 0.05 s',
    )
  })

  it('gives up on an answer that is cut off', async () => {
    const docker = await fakeEngine('1.51', (_, response) => {
      response.write('[{"ID":', () => response.destroy())
    })
    await expect(call('engine', 'listing nodes', () => docker.api.listNodes(), 50)).rejects.toMatchObject({
      status: null,
    })
  })

  it("tells Docker's refusal and its status", async () => {
    const docker = await fakeEngine('1.51', (_, response) => {
      response.writeHead(404, { 'content-type': 'application/json' })
      response.end('{"message": "service s1 not found"}')
    })
    await expect(call('engine', 'listing tasks', () => docker.api.listTasks())).rejects.toMatchObject({
      message: 'Docker at engine: listing tasks: 404 service s1 not found',
      status: 404,
    })
  })
})
