import { describe, expect, it } from 'vitest'
import { labelled } from '../../../controller/plan/world.ts'
import { consulFacts, facts, factsOf, healthySnapshot, NOW, swarmFacts } from '../facts.ts'
import { found, withoutTasks } from '../finding.ts'

describe('controller', () => {
  it('finds that none runs beside the leader', () => {
    const tasks = withoutTasks(({ id }) => id === 'controller-n1')
    expect(found('controller', factsOf({ instances: tasks }))).toEqual([
      expect.stringMatching('^fault host-n1: it leads the Swarm, but no controller runs there'),
    ])
  })

  it('does not mind where else one is missing', () => {
    expect(
      found('controller', factsOf({ instances: withoutTasks(({ id }) => id === 'controller-n2') })),
    ).toEqual([])
  })

  it('finds services that nobody has judged', () => {
    const consul = consulFacts(swarmFacts(), { statuses: new Map() })
    expect(found('controller', facts({ consul }))).toEqual([
      'fault host-n1: its controller has not judged hello/www',
    ])
  })

  it('lets it judge what is new', () => {
    const createdAt = new Date(NOW - 5000).toISOString()
    const services = [
      ...healthySnapshot().workloads.filter(({ name }) => name !== 'hello_www'),
      labelled('hello_www', {}, { createdAt }),
    ]
    const swarm = swarmFacts({ ...healthySnapshot(), workloads: services })
    const consul = consulFacts(swarm, { statuses: new Map() })
    expect(found('controller', facts({ swarm, consul }))).toEqual([])
  })
})
