import { describe, expect, it } from 'vitest'
import type { DoctorFacts } from '../../../../src/cli/doctor/facts.ts'
import { labelled, workload } from '../../../controller/plan/world.ts'
import { factsOf, setup } from '../facts.ts'
import { found, withServices } from '../finding.ts'

const SHOPS = withServices(labelled('shop_api', { aliases: ['legacy-api.example.test'] }))

/** Facts of a service without name servers whose environment says this. */
function calling(word: string): DoctorFacts {
  return factsOf({ workloads: SHOPS }, [setup('hello_www', { dns: [], words: ['serve', word] })])
}

describe('dns', () => {
  it.each([
    [[], 'have no name server set'],
    [['1.1.1.1'], 'ask 1.1.1.1'],
  ])('finds a service on the mesh with name servers %j', (servers, told) => {
    const caller = setup('hello_www', { dns: servers, words: ['http://api.shop:8080/v1'] })
    expect(found('dns', factsOf({ workloads: SHOPS }, [caller]))).toEqual([
      expect.stringContaining(`warning service hello_www: its containers ${told}`),
    ])
  })

  it.each([
    'api.shop',
    'http://api.shop/v1',
    'API_HOST is API.SHOP.',
    'postgres://user:secret@api.shop:5432/db',
    'one.test,api.shop;two.test',
    'http://api:8080',
    'user@api',
    'api:8080',
    'db.example.test,legacy-api.example.test',
  ])('takes %j for a call to a service by name', (word) => {
    expect(found('dns', calling(word))).toHaveLength(1)
  })

  it.each([
    ['', 'nothing'],
    ['api', 'a short name that may be any word'],
    ['/api', 'a path'],
    ['node=api', 'a short name that may be any word'],
    ['api.shop.example.test', 'a longer name'],
    ['my-api.shop', 'a longer name'],
    ['http://api.other', 'a name that nobody has'],
    ['my-api:8080', 'a longer name'],
    ['http://www.hello', 'its own name'],
  ])('does not warn of a service that says %j: %s', (word) => {
    expect(found('dns', calling(word))).toEqual([])
  })

  it('leaves services elsewhere and Shoal’s own alone', () => {
    const words = ['http://api.shop']
    const elsewhere = setup('hello_www', { dns: [], words, networks: {} })
    const own = setup('shoal_haproxy', { words, networks: { shoal_mesh: [] } })
    expect(found('dns', factsOf({ workloads: SHOPS }, [elsewhere, own]))).toEqual([])
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
