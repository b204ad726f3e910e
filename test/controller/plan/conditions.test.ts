import { describe, expect, it } from 'vitest'
import type { Condition, ConditionType, ProxyReport } from '../../../src/model/status.ts'
import type { ClusterSnapshot, Instance } from '../../../src/model/cluster.ts'
import { statusOf } from '../../../src/controller/plan/conditions.ts'
import type { StatusInput } from '../../../src/controller/plan/conditions.ts'
import { makePlan } from '../../../src/controller/plan/plan.ts'
import { REASONS } from '../../../src/model/reasons.ts'
import type { Reason } from '../../../src/model/reasons.ts'
import { badText, HTTP, inForce, label, labelled, planInput, workload, snapshot, instance } from './world.ts'
import type { Task } from '../../docker/task.ts'
import type { ServiceKey } from '../../../src/model/service.ts'

const REVISION = inForce(labelled('hello_www'))[0]?.revision ?? ''
const DB = { name: 'db', port: 5432, protocol: 'tcp' }
const TWO_PORTS = { ports: [HTTP, { ...HTTP, name: 'other', port: 8081, targetPort: 8081 }] }

/** The service `hello/www` of a Swarm like this, with two proxies that have it; its two tasks are registered and pass. */
function status(
  changes: Partial<ClusterSnapshot> = {},
  facts: Partial<StatusInput> = {},
  key: ServiceKey = 'hello/www',
) {
  const observed = snapshot({
    workloads: [labelled('hello_www', {}, { wanted: 2 })],
    instances: TASKS,
    ...changes,
  })
  const plan = makePlan(planInput(observed))
  const declaration = plan.declarations.find((each) => each.key === key)
  if (declaration === undefined) throw new Error(`${key} is not declared`)
  const claim = plan.claims.find((each) => each.declaration === declaration)
  return statusOf({
    declaration,
    policy: plan.policies.get(key) ?? null,
    problems: claim?.problems ?? declaration.problems,
    snapshot: observed,
    mesh: 'shoal_mesh',
    registered: new Set(['hello_www.1.t1:www-hello', 'hello_www.2.t2:www-hello']),
    failing: new Set(),
    reports: [report('n1'), report('n2')],
    proxies: 2,
    previous: null,
    now: '2026-02-01T00:00:00.000Z',
    ...facts,
  })
}

function condition(type: ConditionType, ...world: Parameters<typeof status>): Condition {
  const found = status(...world).conditions.find((each) => each.type === type)
  if (found === undefined) throw new Error(`no condition ${type}`)
  return found
}

function www(id: string, changes: Partial<Task> = {}): Instance {
  return instance(id, 'hello_www', { slot: Number(id.slice(1)), ...changes })
}

function report(node: string, changes: Partial<ProxyReport> = {}): ProxyReport {
  return { key: 'hello/www', node, zone: null, revision: REVISION, error: null, backends: {}, ...changes }
}

const TASKS = [www('t1'), www('t2')]
const BAD = { workloads: [workload('hello_www', { labels: label(badText('www')) })] }
const BAD_AND_LOST = /hosts.*no good version is known: tasks that are registered stay so/
const WITH_RIVAL = (spec: object) => ({
  workloads: [
    labelled('hello_www', spec, { createdAt: '2026-01-02T00:00:00Z' }),
    labelled('hello_old', { hosts: ['x.test'], ports: [HTTP, DB] }),
  ],
})

type Case = readonly [Reason, Condition['status'], RegExp, Partial<ClusterSnapshot>, Partial<StatusInput>?]

const CASES: Readonly<Record<ConditionType, readonly Case[]>> = {
  Accepted: [
    ['Accepted', 'True', /label shoal\.spec of service hello_www/, {}],
    ['InvalidSpec', 'False', BAD_AND_LOST, BAD],
    ['HostConflict', 'False', /x\.test.*hello\/old/, WITH_RIVAL({ hosts: ['x.test'] })],
    ['PortConflict', 'False', /5432.*hello\/old/, WITH_RIVAL({ ports: [HTTP, DB] })],
  ],
  Resolved: [
    ['TasksFound', 'True', /^2 tasks of Swarm service hello_www$/, {}],
    [
      'NoSuchService',
      'False',
      /hello_gone/,
      {
        workloads: [],
        specs: [
          {
            id: 'c',
            name: 'www-1',
            group: 'hello',
            labels: {},
            createdAt: '2026-01-01T00:00:00Z',
            text: labelled('hello_www', { selector: { service: 'hello_gone' } }).labels['shoal.spec'] ?? '',
          },
        ],
      },
    ],
    [
      'NoTasks',
      'False',
      /hello_www/,
      { instances: [www('t1', { desired: 'remove' }), www('t2', { state: 'failed' })] },
    ],
    ['NotOnMesh', 'False', /shoal_mesh/, { instances: [www('t1', { addresses: { other: '10.9.9.9' } })] }],
    ['InvalidSpec', 'Unknown', /no spec/, BAD],
  ],
  Registered: [
    ['Registered', 'True', /^2 of 2 tasks$/, {}],
    ['Registering', 'False', /^1 of 2 tasks$/, {}, { registered: new Set(['hello_www.1.t1:www-hello']) }],
    ['NoTasks', 'Unknown', /^0 of 0 tasks$/, { instances: [] }],
  ],
  Programmed: [
    ['Programmed', 'True', /^2 of 2 proxies$/, {}],
    [
      'Programming',
      'False',
      /^1 of 2 proxies$/,
      {},
      { reports: [report('n1'), report('n2', { revision: 'old' })] },
    ],
    ['Programming', 'False', /^0 of 2 proxies$/, {}, { reports: [] }],
    ['Programming', 'False', /^0 of 0 proxies$/, {}, { reports: [], proxies: 0 }],
    [
      'Refused',
      'False',
      /^n2: no such option$/,
      {},
      { reports: [report('n2', { error: 'no such option' })] },
    ],
    ['InvalidSpec', 'Unknown', /no spec/, BAD],
  ],
  Ready: [
    ['Ready', 'True', /^2 of 2 tasks$/, {}],
    ['Degraded', 'True', /^1 of 2 tasks$/, {}, { failing: new Set(['hello_www.2.t2:www-hello']) }],
    [
      'Unavailable',
      'False',
      /^0 of 2 tasks$/,
      {},
      { failing: new Set(['hello_www.1.t1:www-hello', 'hello_www.2.t2:www-hello']) },
    ],
    ['Unavailable', 'False', /^0 of 0 tasks$/, { instances: [] }],
    [
      'ScaledToZero',
      'False',
      /^0 of 0 tasks$/,
      { instances: [], workloads: [labelled('hello_www', {}, { wanted: 0 })] },
    ],
  ],
}

const flat = Object.entries(CASES).flatMap(([type, cases]) =>
  cases.map(([reason, expected, message, world, facts]) => ({
    type,
    reason,
    expected,
    message,
    world,
    facts,
  })),
)

describe('the condition', () => {
  it.each(flat)('$type can be $reason ($expected)', ({ type, reason, expected, message, world, facts }) => {
    const found = status(world, facts).conditions.find((each) => each.type === type)
    expect(found).toMatchObject({ reason, status: expected, message: expect.stringMatching(message) })
  })

  it('Accepted can be NameConflict, and then the others tell why they know nothing', () => {
    const services = [labelled('b_a'), labelled('default_a-b', {}, { createdAt: '2026-01-02T00:00:00Z' })]
    const { conditions } = status({ workloads: services }, {}, 'default/a-b')
    expect(conditions).toMatchObject([
      { type: 'Accepted', status: 'False', reason: 'NameConflict' },
      { type: 'Resolved', status: 'Unknown', reason: 'NameConflict' },
      { type: 'Registered', status: 'Unknown', reason: 'NoTasks' },
      { type: 'Programmed', status: 'Unknown', reason: 'NameConflict' },
      { type: 'Ready', status: 'False', reason: 'Unavailable' },
    ])
  })

  it('of every kind is there, and every reason is one a condition can have', () => {
    expect(status().conditions.map(({ type }) => type)).toEqual(Object.keys(CASES))
    const reachable = new Set([...flat.map(({ reason }) => reason), 'NameConflict'])
    expect(reachable).toEqual(new Set(Object.keys(REASONS)))
  })
})

describe('a task serves', () => {
  it('only when all its ports are registered and pass', () => {
    const services = [labelled('hello_www', TWO_PORTS)]
    const both = ['hello_www.1.t1:www-hello', 'hello_www.1.t1:www-hello-other']
    const world = { workloads: services, instances: [www('t1')] }
    expect(status(world, { registered: new Set(both) }).ready).toBe(1)
    expect(status(world, { registered: new Set(both.slice(1)) }).ready).toBe(0)
    expect(status(world, { registered: new Set(both), failing: new Set(both.slice(1)) }).ready).toBe(0)
    expect(condition('Registered', world, { registered: new Set(both.slice(1)) }).reason).toBe('Registering')
  })

  it('not before it runs, though its check has failed nowhere', () => {
    expect(status({ instances: [www('t1', { state: 'starting' }), www('t2')] })).toMatchObject({
      ready: 1,
      total: 2,
    })
  })

  it('not for another service that selects the same tasks', () => {
    const services = [labelled('hello_www', {}, { wanted: 2 })]
    const other = new Set(['hello_www.1.t1:second', 'hello_www.2.t2:second'])
    expect(status({ workloads: services }, { registered: other })).toMatchObject({ ready: 0, total: 2 })
  })
})

describe('since', () => {
  const before = status({}, { now: '2026-01-31T00:00:00.000Z' })

  it('stays while the status does, whatever the reason', () => {
    const failing = new Set(['hello_www.2.t2:www-hello'])
    const ready = condition('Ready', {}, { previous: before, failing })
    expect(ready).toMatchObject({ reason: 'Degraded', since: '2026-01-31T00:00:00.000Z' })
  })

  it('changes with the status', () => {
    const { conditions } = status({}, { previous: before, registered: new Set() })
    const since = Object.fromEntries(conditions.map((each) => [each.type, each.since.slice(0, 10)]))
    expect(since).toEqual({
      Accepted: '2026-01-31',
      Resolved: '2026-01-31',
      Registered: '2026-02-01',
      Programmed: '2026-01-31',
      Ready: '2026-02-01',
    })
  })
})
