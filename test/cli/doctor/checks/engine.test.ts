import { describe, expect, it } from 'vitest'
import { facts, factsOf, healthySnapshot } from '../facts.ts'
import { found, findings } from '../finding.ts'

describe('docker', () => {
  const engine = { address: 'unix:///docker.sock', version: '1', api: '1.51', minApi: '1.24' }

  it('tells why the engine does not answer', () => {
    const unknown = { unknown: 'Docker at unix:///x: nobody listens there' }
    expect(found('docker', facts({ engine: unknown }))).toEqual([`fault docker: ${unknown.unknown}`])
  })

  it.each([
    ['too new for this Shoal', { minApi: '1.52' }, 'fault'],
    ['older than any that was tried', { api: '1.40' }, 'warning'],
  ])('finds an engine that is %s', (_, versions, level) => {
    expect(findings('docker', facts({ engine: { ...engine, ...versions } }))).toMatchObject([{ level }])
  })

  it.each(['1.41', '1.44', '1.51', '1.60'])('is content with API %s', (api) => {
    expect(found('docker', facts({ engine: { ...engine, api, minApi: '1.24' } }))).toEqual([])
  })
})

describe('swarm', () => {
  it('finds an engine that is no manager', () => {
    const swarm = { unknown: '503 This node is not a swarm manager' }
    expect(found('swarm', facts({ swarm }))).toEqual([`fault swarm: ${swarm.unknown}`])
  })

  it('warns of two managers, of which none may be lost', () => {
    const nodes = healthySnapshot().nodes.map((each) =>
      each.id === 'n3' ? { ...each, role: 'worker' as const } : each,
    )
    expect(findings('swarm', factsOf({ nodes }))).toMatchObject([{ level: 'warning' }])
  })
})

describe('nodes', () => {
  it.each([
    [{ status: 'down' }, 'fault host-n2: the node is down'],
    [{ availability: 'drain' }, 'warning host-n2: the node is drained: it runs no task'],
    [{ availability: 'pause' }, 'warning host-n2: the node is paused: it gets no new task'],
  ] as const)('finds one that is %j', (changes, told) => {
    const nodes = healthySnapshot().nodes.map((each) => (each.id === 'n2' ? { ...each, ...changes } : each))
    expect(found('nodes', factsOf({ nodes }))).toEqual([told])
  })
})
