import type { ServerResponse } from 'node:http'
import { firstValueFrom, ReplaySubject, take, toArray } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { swarmEvents } from '../../src/docker/events.ts'
import { fakeEngine } from './fake-engine.ts'

const update = `${JSON.stringify({ Type: 'service', Action: 'update', Actor: { ID: 's1', Attributes: { name: 'ü' } } })}\n`
const hint = { type: 'service', action: 'update', id: 's1', name: 'ü' }

describe('swarmEvents', () => {
  it('asks for what can be a hint, and begins with a resync', async () => {
    const urls: string[] = []
    const docker = await fakeEngine('1.51', (request, response) => {
      urls.push(decodeURIComponent(request.url ?? ''))
      response.flushHeaders()
    })
    await expect(firstValueFrom(swarmEvents(docker))).resolves.toEqual({ type: 'resync' })
    expect(urls).toEqual([
      '/v1.51/events?filters={"type":["service","node","config","container"],' +
        '"event":["create","update","remove","die","health_status"]}',
    ])
  })

  it('reads events however they are cut into pieces', async () => {
    const bytes = Buffer.from(update + update)
    const docker = await fakeEngine('1.51', (_, response) => void writeBytewise(response, bytes))
    const hints = await firstValueFrom(swarmEvents(docker).pipe(take(3), toArray()))
    expect(hints).toEqual([{ type: 'resync' }, hint, hint])
  })

  it.each([
    ['ends', (response: ServerResponse) => void response.end(update)],
    ['breaks', (response: ServerResponse) => void response.write(update, () => response.destroy())],
    ['is nonsense', (response: ServerResponse) => void response.write(`${update}<html>\n`)],
  ])('connects again when the stream %s, and says that events may have been missed', async (_, stop) => {
    let connections = 0
    const docker = await fakeEngine('1.51', (_request, response) => {
      connections += 1
      if (connections === 1) stop(response)
      else response.write(update)
    })
    const lost: string[] = []
    const stream = swarmEvents(docker, ({ message }, retryIn) => lost.push(`${message} (${retryIn})`))
    const hints = await firstValueFrom(stream.pipe(take(4), toArray()))
    expect(hints).toEqual([{ type: 'resync' }, hint, { type: 'resync' }, hint])
    expect(lost).toEqual([expect.stringMatching(/^Docker at .*: following events: .* \(250\)$/)])
  })

  it('tries again ever more slowly while it is refused', async () => {
    let connections = 0
    const docker = await fakeEngine('1.51', (_, response) => {
      connections += 1
      response.writeHead(connections < 3 ? 500 : 200)
      if (connections < 3) response.end('{"message": "not yet"}')
      else response.flushHeaders()
    })
    const pauses: number[] = []
    await firstValueFrom(swarmEvents(docker, (_, retryIn) => pauses.push(retryIn)))
    expect(pauses).toEqual([250, 500])
  })

  it('closes the connection when nobody listens any more', async () => {
    const { promise: closed, resolve } = Promise.withResolvers<string>()
    const docker = await fakeEngine('1.51', (request, response) => {
      request.once('close', () => resolve('closed'))
      response.flushHeaders()
    })
    const hints = new ReplaySubject()
    const subscription = swarmEvents(docker).subscribe(hints)
    await firstValueFrom(hints)
    subscription.unsubscribe()
    await expect(closed).resolves.toBe('closed')
  })
})

async function writeBytewise(response: ServerResponse, bytes: Buffer): Promise<void> {
  for (const byte of bytes) {
    await new Promise((resolve) => response.write(Buffer.of(byte), resolve))
    await new Promise((resolve) => setImmediate(resolve))
  }
}
