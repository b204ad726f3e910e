import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { observe, observeNodes, observeWorkloads } from '../../src/docker/observe.ts'
import { fakeEngine } from './fake-engine.ts'
import { answers } from './fixtures.ts'

const { service, running, crashed, node, config } = answers
const LISTS: Readonly<Record<string, unknown>> = {
  services: [service],
  tasks: [running, crashed],
  nodes: [node],
  configs: [config],
  info: { Swarm: { NodeID: node.ID } },
}

/** An engine with these lists, and the paths it was asked for. */
async function engine(lists = LISTS) {
  const asked: string[] = []
  const docker = await fakeEngine('1.51', (request: IncomingMessage, response: ServerResponse) => {
    const path = (request.url ?? '').replace('/v1.51/', '').split('?')[0] ?? ''
    asked.push(path)
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(lists[path]))
  })
  return { docker, asked }
}

/** Bytes that a look at one service reads from an engine that has so many, with a task each. */
async function bytesOfLook(count: number): Promise<number> {
  const named = Array.from({ length: count }, (_, index) => `service-${String(index).padStart(4, '0')}`)
  const lists: Readonly<Record<string, readonly { readonly of: string; readonly answer: object }[]>> = {
    services: named.map((ID) => ({ of: ID, answer: { ...service, ID } })),
    tasks: named.map((ServiceID) => ({
      of: ServiceID,
      answer: { ...running, ID: `t-${ServiceID}`, ServiceID },
    })),
  }
  let bytes = 0
  const docker = await fakeEngine('1.51', (request, response) => {
    const url = new URL(request.url ?? '', 'http://engine')
    const { id, service: of } = JSON.parse(url.searchParams.get('filters') ?? '{}')
    const wanted: readonly string[] | undefined = id ?? of
    const list = lists[url.pathname.split('/').at(-1) ?? ''] ?? []
    const listed = list.filter((each) => wanted === undefined || wanted.includes(each.of))
    const body = JSON.stringify(listed.map(({ answer }) => answer))
    bytes += body.length
    response.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
  const known = { workloads: [], instances: [], nodes: [], specs: [], self: '', acting: false }
  const seen = await observeWorkloads(docker, known, ['service-0000'])
  expect([seen.workloads.length, seen.instances.length]).toEqual([1, 1])
  return bytes
}

describe('an observation', () => {
  it('is five calls', async () => {
    const { docker, asked } = await engine()
    await observe(docker)
    expect(asked.toSorted()).toEqual(['configs', 'info', 'nodes', 'services', 'tasks'])
  })

  it('that finds nothing new is the one before, so that nothing follows from it', async () => {
    const { docker } = await engine()
    const first = await observe(docker)
    expect(await observe(docker, first)).toBe(first)
    expect((await observeNodes(docker, first)).nodes).toBe(first.nodes)
  })

  it('that finds a change shares all else with the one before', async () => {
    const { docker: before } = await engine()
    const first = await observe(before)
    const { docker: now } = await engine({ ...LISTS, tasks: [running] })
    const second = await observe(now, first)
    expect(second.instances).toHaveLength(1)
    expect(first.instances).toContain(second.instances[0])
    expect(second.workloads).toBe(first.workloads)
    expect(second.nodes).toBe(first.nodes)
  })
})

describe('a look', () => {
  it('at one service is two calls, and tells of that service alone', async () => {
    const { docker, asked } = await engine()
    const first = await observe(docker)
    asked.length = 0
    const second = await observeWorkloads(docker, first, [service.ID])
    expect(asked.toSorted()).toEqual(['services', 'tasks'])
    expect(second.workloads[0]).toBe(first.workloads[0])
    expect(second.instances[0]).toBe(first.instances[0])
  })

  it('at one service reads as many bytes of a thousand services as of one', async () => {
    const bytes = await Promise.all([1, 1000].map(bytesOfLook))
    expect(bytes[0]).toBeGreaterThan(500)
    expect(bytes[1]).toBe(bytes[0])
  })

  it('at who leads is two calls without any task', async () => {
    const { docker, asked } = await engine()
    await observeNodes(docker)
    expect(asked.toSorted()).toEqual(['info', 'nodes'])
  })

  it('says that the controller beside the engine acts where that engine leads, and nowhere else', async () => {
    const other = { ...LISTS, info: { Swarm: { NodeID: 'n9' } } }
    for (const [lists, acting] of [
      [LISTS, true],
      [other, false],
    ] as const) {
      const { docker } = await engine(lists)
      expect(await observeNodes(docker)).toMatchObject({ acting })
      expect(await observe(docker)).toMatchObject({ acting })
    }
  })
})
