import { describe, expect, it } from 'vitest'
import { workload } from '../../../controller/plan/world.ts'
import { factsOf, setup } from '../facts.ts'
import { found, withServices } from '../finding.ts'

describe('dns', () => {
  it.each([
    [[], 'have no name server set'],
    [['1.1.1.1'], 'ask 1.1.1.1'],
  ])('finds a service on the mesh with name servers %j', (servers, told) => {
    expect(found('dns', factsOf({}, [setup('hello_www', { dns: servers })]))).toEqual([
      expect.stringContaining(`warning service hello_www: its containers ${told}`),
    ])
  })

  it('leaves services elsewhere and Shoal’s own alone', () => {
    const elsewhere = setup('hello_www', { dns: [], networks: {} })
    const own = setup('shoal_haproxy', { networks: { shoal_mesh: [] } })
    expect(found('dns', factsOf({}, [elsewhere, own]))).toEqual([])
  })
})

describe('names', () => {
  it('finds a Swarm service that has another’s short name', () => {
    const services = withServices(workload('www'))
    expect(found('names', factsOf({ workloads: services }))).toEqual([
      'warning service hello/www: on the mesh Docker’s own DNS answers www with the tasks of Swarm service www, before Shoal’s is asked',
    ])
  })

  it('finds one that has it by the alias of its stack', () => {
    const services = withServices(workload('shop_www'))
    expect(found('names', factsOf({ workloads: services }))).toHaveLength(1)
  })

  it('does not mind that a service has its own', () => {
    expect(found('names', factsOf({}, [setup('hello_www', { networks: { shoal_mesh: ['www'] } })]))).toEqual(
      [],
    )
  })
})
