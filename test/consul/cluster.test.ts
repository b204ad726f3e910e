import { describe, expect, it } from 'vitest'
import { clockOffset } from '../../src/consul/cluster.ts'
import type { ConsulClient } from '../../src/consul/client.ts'
import { fakeAgent } from './fake-agent.ts'

/** An agent that answers everything with this. */
function answering(value: unknown): Promise<ConsulClient> {
  return fakeAgent((_, response) =>
    response.setHeader('content-type', 'application/json').end(JSON.stringify(value)),
  )
}

describe('clockOffset', () => {
  const date = 'Thu, 01 Jan 2026 00:00:10 GMT'
  const at = Date.parse(date)

  it('knows a clock only as well as a header of whole seconds and the way there and back allow', () => {
    expect(clockOffset(date, at + 400, at + 450)).toEqual({ least: -450, most: 600 })
    expect(clockOffset(date, at - 5000, at - 4900)).toEqual({ least: 4900, most: 6000 })
  })

  it('knows nothing without a header', () => {
    expect(clockOffset('', 0, 1)).toEqual({ least: -Infinity, most: Infinity })
  })
})

describe('a Consul agent', () => {
  it('tells the leader, and its clock', async () => {
    const client = await answering('10.0.0.1:8300')
    const { leader, clock } = await client.cluster.ask()
    expect(leader).toBe('10.0.0.1:8300')
    expect(clock.least).toBeLessThanOrEqual(0)
    expect(clock.most).toBeGreaterThanOrEqual(0)
  })

  it('may know of no leader', async () => {
    const client = await answering('')
    expect((await client.cluster.ask()).leader).toBeNull()
  })

  it('tells the members by their state', async () => {
    const members = [
      { Name: 'a', Addr: '10.0.0.1', Status: 1, Tags: { role: 'node' } },
      { Name: 'b', Addr: '10.0.0.2', Status: 4, Tags: { role: 'consul' } },
      { Name: 'c', Addr: '10.0.0.3', Status: 9 },
    ]
    const client = await answering(members)
    expect(await client.cluster.members()).toEqual([
      { name: 'a', address: '10.0.0.1', status: 'alive', server: false },
      { name: 'b', address: '10.0.0.2', status: 'failed', server: true },
      { name: 'c', address: '10.0.0.3', status: 'unknown', server: false },
    ])
  })

  it('tells which servers are alive, whatever their order', async () => {
    const one = { Name: 'b', Addr: '10.0.0.2', Status: 1, Tags: { role: 'consul' } }
    const two = { Name: 'a', Addr: '10.0.0.1', Status: 1, Tags: { role: 'consul' } }
    const others = [
      { ...one, Name: 'c', Status: 4 },
      { ...one, Name: 'd', Tags: { role: 'node' } },
    ]
    const { signal } = new AbortController()
    for (const members of [
      [one, two],
      [two, ...others, one],
    ]) {
      expect(await (await answering(members)).cluster.aliveServers(signal)).toBe('a 10.0.0.1,b 10.0.0.2')
    }
  })
})
