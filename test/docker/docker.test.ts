import { describe, expect, it } from 'vitest'
import { agreedVersion, connectDocker } from '../../src/docker/docker.ts'
import { observe } from '../../src/docker/observe.ts'
import { fakeEngine } from './fake-engine.ts'

describe('agreedVersion', () => {
  it.each([
    ['1.41', '1.41'],
    ['1.9', '1.9'],
    ['1.51', '1.51'],
    ['1.52', '1.51'],
    ['2.0', '1.51'],
  ])('with an engine that knows %s is %s', (engine, agreed) => {
    expect(agreedVersion(engine)).toBe(agreed)
  })
})

describe('connectDocker', () => {
  it("speaks the engine's version", async () => {
    const asked: (string | undefined)[] = []
    const docker = await fakeEngine('1.41', (request, response) => {
      asked.push(request.url)
      response.end('[]')
    })
    await docker.api.listNodes()
    expect(asked).toEqual(['/v1.41/nodes'])
  })

  it('says where it looked when there is no engine', async () => {
    await expect(connectDocker({ socketPath: '/nowhere/docker.sock' })).rejects.toThrow(
      'Docker at unix:///nowhere/docker.sock: asking for its version: there is no such socket',
    )
    await expect(connectDocker({ host: '127.0.0.1', port: 1 })).rejects.toThrow('nobody listens there')
  })
})

describe('observe', () => {
  it('gives nothing when one of the lists fails', async () => {
    const docker = await fakeEngine('1.51', (request, response) => {
      const works = request.url?.includes('/configs') !== true
      response.writeHead(works ? 200 : 503, { 'content-type': 'application/json' })
      response.end(works ? '[]' : '{"message": "This node is not a swarm manager."}')
    })
    await expect(observe(docker)).rejects.toMatchObject({
      name: 'DockerError',
      status: 503,
      message: expect.stringMatching(/: listing configs: 503 This node is not a swarm manager\.$/),
    })
  })
})
