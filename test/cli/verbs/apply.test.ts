import { execFile } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { json } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import type { Condition, ServiceStatus } from '../../../src/model/status.ts'
import { fakeAgent } from '../../consul/fake-agent.ts'
import { fakeEngine } from '../../docker/fake-engine.ts'
import type { Source } from '../../../src/model/source.ts'
import { STATUSES } from '../../../src/store/statuses.ts'

interface Ended {
  readonly code: number | string | null | undefined
  readonly output: string
  readonly errors: string
}

function shoal(args: readonly string[], env: Readonly<Record<string, string>>): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/bin/shoal.js', ...args], { env }, (error, output, errors) =>
      resolve({ code: error === null ? 0 : error.code, output, errors }),
    )
  })
}

/** An engine without configs that keeps the name of the one that is created. */
async function engineOf(created: (name: string) => void) {
  return await fakeEngine('1.51', (request, response) => void answer(request, response))
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== 'POST') return void response.end('[]')
    const config = await json(request)
    if (typeof config === 'object' && config !== null && 'Name' in config) created(String(config.Name))
    response.writeHead(201).end('{"ID":"c1"}')
  }
}

function conditions(ready: Condition['status']): readonly Condition[] {
  const condition = { reason: 'Unavailable', message: '0 of 2 tasks', since: '' } as const
  return [
    { ...condition, type: 'Accepted', status: 'True' },
    { ...condition, type: 'Programmed', status: 'True' },
    { ...condition, type: 'Ready', status: ready },
  ]
}

const COUNTS = { total: 2, ready: 0, programmed: 3, proxies: 3 }

/** What a Consul answers that has this status at first, and never another one. */
function kvAnswer(request: IncomingMessage, response: ServerResponse, status: ServiceStatus): void {
  if (request.url?.includes('index=7') === true) return
  const Value = Buffer.from(STATUSES.encode(status)).toString('base64')
  response
    .writeHead(200, { 'X-Consul-Index': '7', 'Content-Type': 'application/json' })
    .end(JSON.stringify([{ Key: STATUSES.key(status.key), Value }]))
}

describe('shoal apply --wait', () => {
  it.each([
    ['True', { code: 0, output: 'service hello/www created\nservice hello/www is ready\n', errors: '' }],
    [
      'False',
      {
        code: 1,
        output: 'service hello/www created\nservice hello/www waits: Ready=False Unavailable: 0 of 2 tasks\n',
        errors: 'service hello/www is not ready after 2s: Ready=False Unavailable: 0 of 2 tasks\n',
      },
    ],
  ] as const)('near a Consul that says Ready=%s of the new config ends so', async (ready, ended) => {
    let source: Source = { kind: 'config', name: 'none yet' }
    const engine = await engineOf((name) => (source = { kind: 'config', name }))
    const consul = await fakeAgent((request, response) =>
      kvAnswer(request, response, {
        key: 'hello/www',
        source,
        conditions: conditions(ready),
        ...COUNTS,
      }),
    )
    const wait = ready === 'True' ? '--wait' : '--wait=2s'
    const env = { DOCKER_HOST: `tcp://${engine.address}`, CONSUL_HTTP_ADDR: consul.address }
    expect(await shoal(['apply', '-f', 'manifests/hello.service.yml', wait], env)).toEqual(ended)
  })
})
