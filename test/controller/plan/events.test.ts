import { describe, expect, it } from 'vitest'
import type { ServiceEvent } from '../../../src/model/event.ts'
import type { Condition, ServiceStatus } from '../../../src/model/status.ts'
import type { Happening } from '../../../src/controller/plan/events.ts'
import {
  addEvents,
  policyHappening,
  recentEvents,
  serviceOfStep,
  statusHappenings,
  stepHappening,
} from '../../../src/controller/plan/events.ts'
import type { ConsulStep } from '../../../src/controller/plan/steps.ts'
import { labelled, onlyPolicy, planOf, instance } from './world.ts'
import type { EventReason, Reason } from '../../../src/model/reasons.ts'

type Told = readonly [Condition['type'], Condition['status'], Reason, string]

function status(...conditions: readonly Told[]): ServiceStatus {
  return {
    key: 'hello/www',
    conditions: conditions.map(([type, truth, reason, message]) => ({
      type,
      status: truth,
      reason,
      message,
      since: '2026-01-01T00:00:00Z',
    })),
    total: 2,
    ready: 2,
    programmed: 1,
    proxies: 1,
    source: { kind: 'label', service: 'hello_www' },
  }
}

const ACCEPTED: Told = ['Accepted', 'True', 'Accepted', 'from label']
const READY: Told = ['Ready', 'True', 'Ready', '2 of 2 tasks']

function reasons(before: ServiceStatus | null, now: ServiceStatus): string[] {
  return statusHappenings(before, now).map(({ reason, message }) => `${reason}: ${message}`)
}

describe('conditions', () => {
  it('tell nothing while they stay', () => {
    expect(reasons(status(ACCEPTED, READY), status(ACCEPTED, READY))).toEqual([])
  })

  it('tell of a change of status or of reason', () => {
    const failing: Told = ['Ready', 'False', 'Unavailable', '0 of 2 tasks']
    const degraded: Told = ['Ready', 'True', 'Degraded', '1 of 2 tasks']
    expect(reasons(status(READY), status(failing))).toEqual(['Unavailable: 0 of 2 tasks'])
    expect(reasons(status(READY), status(degraded))).toEqual(['Degraded: 1 of 2 tasks'])
  })

  it('tell nothing of a message that only counts', () => {
    const one: Told = ['Registered', 'False', 'Registering', '1 of 3 tasks']
    const two: Told = ['Registered', 'False', 'Registering', '2 of 3 tasks']
    expect(reasons(status(one), status(two))).toEqual([])
  })

  it.each<[string, Told, Told]>([
    ['another error', ['Accepted', 'False', 'InvalidSpec', 'a'], ['Accepted', 'False', 'InvalidSpec', 'b']],
    ['another refusal', ['Programmed', 'False', 'Refused', 'a'], ['Programmed', 'False', 'Refused', 'b']],
  ])('tell of %s for the same reason', (_, before, now) => {
    expect(reasons(status(before), status(now))).toEqual([`${now[2]}: b`])
  })

  it('of a service seen for the first time are told, but for what is not known yet', () => {
    const unknown: Told = ['Registered', 'Unknown', 'NoTasks', '0 of 0 tasks']
    expect(reasons(null, status(ACCEPTED, unknown))).toEqual(['Accepted: from label'])
  })
})

const ID = 'hello_www.1.t1:www-hello'
const STEPS: readonly ConsulStep[] = [
  {
    kind: 'register',
    registration: {
      id: ID,
      service: 'www-hello',
      address: '10.0.0.5',
      port: 8080,
      tags: [],
      meta: {
        'shoal-service': 'hello/www',
        'shoal-port': 'http',
        'shoal-task': 't1',
        'shoal-node': 'n1',
        'shoal-node-name': 'host-n1',
        'shoal-zone': '',
        'shoal-hash': 'h',
      },
      check: { http: null, tcp: '10.0.0.5:8080', host: null, interval: 1000, timeout: 500 },
      maintenance: null,
      asHeld: false,
    },
  },
  { kind: 'drain', id: ID, reason: 'Swarm wants the task shutdown' },
  { kind: 'resume', id: ID },
  { kind: 'deregister', id: ID, reason: 'the task is shutdown' },
]

describe('steps', () => {
  it('are told with the task, its node and why', () => {
    expect(
      STEPS.map((step) => stepHappening(step, 'hello/www', 'host-n1')).map(
        ({ reason, message }) => `${reason}: ${message}`,
      ),
    ).toEqual([
      'TaskRegistered: task hello_www.1.t1 on host-n1 at 10.0.0.5',
      'TaskDraining: task hello_www.1.t1 on host-n1: Swarm wants the task shutdown',
      'TaskResumed: task hello_www.1.t1 on host-n1',
      'TaskDeregistered: task hello_www.1.t1 on host-n1: the task is shutdown',
    ])
  })

  it('belong to the service that has the Consul service', () => {
    const services = new Map([['www-hello', 'hello/www' as const]])
    expect(STEPS.map((step) => serviceOfStep(step, services))).toEqual(Array(4).fill('hello/www'))
    expect(serviceOfStep({ kind: 'resume', id: 'shoal_haproxy.n1.t:shoal-haproxy' }, services)).toBeNull()
  })
})

describe('policies', () => {
  it('are told when they change and when they are gone', () => {
    const policy = onlyPolicy(
      planOf({ workloads: [labelled('hello_www')], instances: [instance('t1', 'hello_www')] }),
    )
    expect(policyHappening(policy)).toEqual({
      service: 'hello/www',
      reason: 'PolicyChanged',
      message: `revision ${policy.revision} from label shoal.spec of service hello_www`,
    })
    expect(policyHappening({ key: 'hello/www', deleted: '2026-01-01T00:00:00Z' }).reason).toBe(
      'PolicyDeleted',
    )
  })
})

describe('a list of events', () => {
  const START = Date.parse('2026-01-01T00:00:00Z')
  const happening = (reason: EventReason, message = ''): Happening => ({
    service: 'hello/www',
    reason,
    message,
  })
  const told = (events: readonly ServiceEvent[]) =>
    events.map(({ reason, count, type }) => `${type} ${reason} ${count}`)

  it('keeps the last seen last, and counts what happens again', () => {
    const first = addEvents([], [happening('Degraded'), happening('Ready')], START)
    const again = addEvents(first, [happening('Degraded')], START + 1000)
    expect(told(again)).toEqual(['Normal Ready 1', 'Warning Degraded 2'])
    expect(again[1]).toMatchObject({
      firstSeen: '2026-01-01T00:00:00.000Z',
      lastSeen: '2026-01-01T00:00:01.000Z',
    })
  })

  it('counts what happens several times at once as one, as for each port of a task', () => {
    const twice = [happening('TaskRegistered', 'task a'), happening('TaskRegistered', 'task a')]
    expect(told(addEvents([], twice, START))).toEqual(['Normal TaskRegistered 1'])
  })

  it('holds fifty, and none for longer than an hour', () => {
    const many = Array.from({ length: 60 }, (_, index) => happening('TaskRegistered', `task ${index}`))
    const events = addEvents([], many, START)
    expect([events.length, events[0]?.message, events.at(-1)?.message]).toEqual([50, 'task 10', 'task 59'])
    expect(recentEvents(events, START + 3_599_999)).toHaveLength(50)
    expect(told(addEvents(events, [happening('Ready')], START + 3_600_000))).toEqual(['Normal Ready 1'])
  })

  it('shortens messages, and still knows them again', () => {
    const long = [happening('InvalidSpec', 'x'.repeat(5000))]
    const events = addEvents(addEvents([], long, START), long, START)
    expect(told(events)).toEqual(['Warning InvalidSpec 2'])
    expect(events[0]?.message).toHaveLength(500)
  })
})
