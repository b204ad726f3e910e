import { describe, expect, it } from 'vitest'
import { HTTP, label, labelled, workload, specText } from '../../../controller/plan/world.ts'
import { factsOf, healthySnapshot, setup } from '../facts.ts'
import { found, findings, withServices, withoutTasks } from '../finding.ts'

describe('specs', () => {
  it('finds a bad one, with its place', () => {
    const bad = workload('shop_api', { labels: label(specText('api', { hots: [] })) })
    expect(found('specs', factsOf({ workloads: withServices(bad) }))).toEqual([
      expect.stringMatching(/^fault service shop\/shop_api|shop\/api: InvalidSpec: .*hots.*hosts/),
    ])
  })

  it.each([
    ['HostConflict', { hosts: ['www.hello'] }, {}],
    ['PortConflict', { ports: [{ ...HTTP, protocol: 'tcp', port: 90 }] }, { ports: [{ ...HTTP, port: 90 }] }],
  ])('finds a %s', (reason, newer, older) => {
    const first = labelled('shop_old', { hosts: reason === 'HostConflict' ? ['www.hello'] : [], ...older })
    const second = labelled('shop_new', newer, { createdAt: '2026-01-02T00:00:00Z' })
    expect(findings('specs', factsOf({ workloads: withServices(first, second) }))).toMatchObject([
      { level: 'fault', subject: 'service shop/new', found: expect.stringContaining(reason) },
    ])
  })
})

describe('mesh', () => {
  it('finds a service that is not on it, though it has no task yet', () => {
    const given = factsOf({}, [setup('hello_www', { networks: { hello_default: [] } })])
    expect(findings('mesh', given)).toMatchObject([
      {
        level: 'fault',
        subject: 'service hello/www',
        mend: expect.stringContaining('--network-add shoal_mesh hello_www'),
      },
    ])
  })

  it('finds a selector that matches nothing', () => {
    const services = healthySnapshot().workloads.filter(({ name }) => name !== 'hello_www')
    const tasks = withoutTasks(({ id }) => id === 'www')
    const lost = {
      id: 'c',
      name: 'c',
      group: null,
      labels: {},
      createdAt: '2026-01-01T00:00:00Z',
      text: specText('www', { selector: { service: 'hello_wwww' } }),
    }
    expect(found('mesh', factsOf({ workloads: services, instances: tasks, specs: [lost] }))).toEqual([
      'fault service default/www: NoSuchService: it selects the Swarm service hello_wwww, which there is not',
    ])
  })

  it('finds a service without tasks, unless it is scaled to zero', () => {
    const tasks = withoutTasks(({ id }) => id === 'www')
    expect(found('mesh', factsOf({ instances: tasks }))).toEqual([
      expect.stringMatching('^warning service hello/www: NoTasks'),
    ])
    const services = healthySnapshot().workloads.map((each) =>
      each.name === 'hello_www' ? { ...each, wanted: 0 } : each,
    )
    expect(found('mesh', factsOf({ workloads: services, instances: tasks }))).toEqual([])
  })
})
