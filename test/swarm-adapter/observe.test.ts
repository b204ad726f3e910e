import type { IncomingMessage, ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { observe, observeNodes, observeServices } from '../../src/swarm/observe.ts'
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
    expect(second.tasks).toHaveLength(1)
    expect(first.tasks).toContain(second.tasks[0])
    expect(second.services).toBe(first.services)
    expect(second.nodes).toBe(first.nodes)
  })
})

describe('a look', () => {
  it('at one service is two calls, and tells of that service alone', async () => {
    const { docker, asked } = await engine()
    const first = await observe(docker)
    asked.length = 0
    const second = await observeServices(docker, first, [service.ID])
    expect(asked.toSorted()).toEqual(['services', 'tasks'])
    expect(second.services[0]).toBe(first.services[0])
    expect(second.tasks[0]).toBe(first.tasks[0])
  })

  it('at who leads is two calls without any task', async () => {
    const { docker, asked } = await engine()
    await observeNodes(docker)
    expect(asked.toSorted()).toEqual(['info', 'nodes'])
  })
})
