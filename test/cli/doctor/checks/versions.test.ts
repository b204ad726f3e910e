import { describe, expect, it } from 'vitest'
import { facts, factsOf, setup, swarmFacts } from '../facts.ts'
import { found } from '../finding.ts'

describe('versions', () => {
  it('finds programs of two images', () => {
    expect(found('versions', factsOf({}, [setup('shoal_node', { image: 'shoal:2' })]))).toEqual([
      'fault services shoal_controller and shoal_node: they are to run different images: shoal:1 and shoal:2',
    ])
  })

  it('finds tasks of another image than their service’s', () => {
    const swarm = swarmFacts()
    const tasks = new Map(swarm.tasks).set('dns-n2', {
      id: 'dns-n2',
      image: 'old:1',
      state: 'running',
      since: '',
    })
    expect(found('versions', facts({ swarm: { ...swarm, tasks } }))).toEqual([
      'warning service shoal_dns: on host-n2 it still runs old:1, not shoal_dns:1',
    ])
  })
})
