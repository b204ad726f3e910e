import { describe, expect, it } from 'vitest'
import { condition, consulFacts, facts, healthySnapshot, NOW, status, swarmFacts } from '../facts.ts'
import { found, findings, withoutTasks } from '../finding.ts'
import type { ServiceStatus } from '../../../../src/model/status.ts'
import type { ServiceKey } from '../../../../src/model/service.ts'

describe('proxies', () => {
  const base = consulFacts(swarmFacts())

  it('finds a refusal', () => {
    const reports = base.reports.map((each) =>
      each.node === 'host-n2' ? { ...each, error: '10-http-80.cfg: bad' } : each,
    )
    expect(found('proxies', facts({ consul: { ...base, reports } }))).toEqual([
      expect.stringMatching(/^fault host-n2: its HAProxy refused .* hello\/www.*bad$/),
    ])
  })

  it('warns of a proxy that is behind, and calls it a fault once that lasts', () => {
    const reports = base.reports.filter(({ node }) => node !== 'host-n3')
    const since = (ago: number) => new Date(NOW - ago).toISOString()
    const statuses = (ago: number) =>
      new Map<ServiceKey, ServiceStatus>([
        [
          'hello/www',
          status('hello/www', [condition('Programmed', 'False', 'Programming', { since: since(ago) })]),
        ],
      ])
    expect(
      findings('proxies', facts({ consul: { ...base, reports, statuses: statuses(5000) } })),
    ).toMatchObject([{ level: 'warning', subject: 'host-n3' }])
    expect(
      findings('proxies', facts({ consul: { ...base, reports, statuses: statuses(31_000) } })),
    ).toMatchObject([{ level: 'fault', subject: 'host-n3' }])
  })

  it('expects nothing of a node without HAProxy', () => {
    const swarm = swarmFacts({
      ...healthySnapshot(),
      instances: withoutTasks(({ id }) => id === 'haproxy-n3'),
    })
    const reports = base.reports.filter(({ node }) => node !== 'host-n3')
    expect(found('proxies', facts({ swarm, consul: consulFacts(swarm, { reports }) }))).toEqual([])
  })
})

describe('health', () => {
  const resolved = condition('Resolved', 'True', 'TasksFound')
  const judged = (...conditions: Parameters<typeof condition>[]) =>
    facts({
      consul: consulFacts(swarmFacts(), {
        statuses: new Map([
          ['hello/www', status('hello/www', [resolved, ...conditions.map((each) => condition(...each))])],
        ]),
      }),
    })

  it.each([
    ['Unavailable', 'False', 'fault'],
    ['Degraded', 'True', 'warning'],
  ] as const)('finds a service that is %s', (reason, truth, level) => {
    expect(findings('health', judged(['Ready', truth, reason, { message: '1 of 2 tasks' }]))).toMatchObject([
      { level },
    ])
  })

  it('finds tasks that stay unregistered', () => {
    expect(
      found('health', judged(['Registered', 'False', 'Registering', { message: '1 of 2 tasks' }])),
    ).toEqual(['fault service hello/www: only 1 of 2 tasks are registered in Consul'])
    const recent = new Date(NOW - 1000).toISOString()
    expect(
      found(
        'health',
        judged(['Registered', 'False', 'Registering', { message: '1 of 2 tasks', since: recent }]),
      ),
    ).toEqual([])
  })

  it('is content with what is ready, or scaled to zero on purpose', () => {
    expect(found('health', judged(['Ready', 'True', 'Ready'], ['Ready', 'False', 'ScaledToZero']))).toEqual(
      [],
    )
  })
})
