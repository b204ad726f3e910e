import { describe, expect, it } from 'vitest'
import type { Registration } from '../../../src/model/registration.ts'
import type { ClusterSnapshot } from '../../../src/model/cluster.ts'
import { config, HTTP, labelled, node, planOf, workload, specText, instance } from './world.ts'
import type { Task } from '../../docker/task.ts'
import type { TaskState } from '../../../src/docker/task-life.ts'

/** What node 1's agent should hold. */
function atNode1(changes: Partial<ClusterSnapshot>): readonly Registration[] {
  return planOf({ workloads: [labelled('hello_www')], ...changes }).registrations.get('n1') ?? []
}

function one(changes: Partial<ClusterSnapshot>): Registration {
  const [registration, ...others] = atNode1(changes)
  if (registration === undefined || others.length > 0) throw new Error(`${others.length + 1} registrations`)
  return registration
}

const ADDRESS = { shoal_mesh: '10.0.0.7', other: '10.9.9.9' }
const www = (changes: Partial<Task> = {}) => instance('t1', 'hello_www', { addresses: ADDRESS, ...changes })
const withSpec = (spec: object) => ({ workloads: [labelled('hello_www', spec)], instances: [www()] })

describe('a registration', () => {
  it('says where a task’s port is, how it is checked, and what it stands for', () => {
    expect(one({ instances: [www()], nodes: [node('n1', { zone: 'a' })] })).toEqual({
      id: 'hello_www.1.t1:www-hello',
      service: 'www-hello',
      address: '10.0.0.7',
      port: 8080,
      tags: [],
      meta: {
        'shoal-service': 'hello/www',
        'shoal-port': 'http',
        'shoal-task': 't1',
        'shoal-node': 'n1',
        'shoal-node-name': 'host-n1',
        'shoal-zone': 'a',
        'shoal-hash': expect.stringMatching(/^[0-9a-f]{16}$/),
      },
      check: { http: 'http://10.0.0.7:8080/', tcp: null, host: null, interval: 1000, timeout: 500 },
      maintenance: null,
      asHeld: false,
    })
  })

  it('is at the agent of the task’s node, one for each port', () => {
    const ports = [HTTP, { name: 'metrics', port: 9090, targetPort: 9100, protocol: 'http' }]
    const tasks = [www(), instance('t2', 'hello_www', { slot: 2, nodeId: 'n2' })]
    const { registrations } = planOf({ workloads: [labelled('hello_www', { ports })], instances: tasks })
    const found = [...registrations].map(([nodeId, each]) => [nodeId, each.map(({ id, port }) => [id, port])])
    expect(found).toEqual([
      [
        'n1',
        [
          ['hello_www.1.t1:www-hello', 8080],
          ['hello_www.1.t1:www-hello-metrics', 9100],
        ],
      ],
      [
        'n2',
        [
          ['hello_www.2.t2:www-hello', 8080],
          ['hello_www.2.t2:www-hello-metrics', 9100],
        ],
      ],
    ])
  })

  it('of a global service’s task is named after its node', () => {
    expect(one({ instances: [www({ slot: null })] }).id).toBe('hello_www.n1.t1:www-hello')
  })

  it('has an ID of its own for each of two services that select the same tasks', () => {
    const second = specText('second', { selector: { service: 'hello_www' } })
    const both = atNode1({ instances: [www()], specs: [config('second-1', second)] })
    expect(both.map(({ id }) => id)).toEqual(['hello_www.1.t1:second', 'hello_www.1.t1:www-hello'])
  })
})

describe('its check', () => {
  it.each([
    [
      { health: { http: { path: '/up', host: 'x.test', port: 9 } } },
      { http: 'http://10.0.0.7:9/up', host: 'x.test' },
    ],
    [
      { health: { tcp: {}, interval: '3s', timeout: '2s' } },
      { tcp: '10.0.0.7:8080', interval: 3000, timeout: 2000 },
    ],
    [{ ports: [{ name: 'db', port: 5432, protocol: 'tcp' }] }, { tcp: '10.0.0.7:5432', http: null }],
  ])('of %j', (spec, check) => {
    expect(one(withSpec(spec)).check).toMatchObject(check)
  })

  it('is a TCP check for a TCP port beside HTTP ones, unless it names its port', () => {
    const ports = [HTTP, { name: 'db', port: 5432, protocol: 'tcp' }]
    const checks = (spec: object) =>
      atNode1(withSpec({ ports, ...spec })).map(({ check }) => check.http ?? check.tcp)
    expect(checks({})).toEqual(['http://10.0.0.7:8080/', '10.0.0.7:5432'])
    expect(checks({ health: { http: { path: '/up', port: 9 } } })).toEqual([
      'http://10.0.0.7:9/up',
      'http://10.0.0.7:9/up',
    ])
  })
})

describe('its hash', () => {
  const before = one({ instances: [www()] }).meta['shoal-hash']

  it.each<[string, Partial<ClusterSnapshot>]>([
    ['the zone', { nodes: [node('n1', { zone: 'a' })] }],
    ['the node’s name', { nodes: [node('n1', { hostname: 'other' })] }],
    ['the address', { instances: [www({ addresses: { shoal_mesh: '10.0.0.8' } })] }],
    ['tags', withSpec({ tags: ['v2'] })],
    ['the check', withSpec({ health: { http: { path: '/up' } } })],
    ['the port', withSpec({ ports: [{ ...HTTP, targetPort: 81 }] })],
  ])('changes with %s', (_, changes) => {
    expect(one({ instances: [www()], ...changes }).meta['shoal-hash']).not.toBe(before)
  })

  it.each<[string, Partial<ClusterSnapshot>]>([
    ['maintenance', { instances: [www({ desired: 'shutdown' })] }],
    ['the task’s state', { instances: [www({ state: 'starting' })] }],
    ['what the proxies alone are told', withSpec({ drain: '3s', hosts: ['x.test'] })],
  ])('does not change with %s', (_, changes) => {
    expect(one({ instances: [www()], ...changes }).meta['shoal-hash']).toBe(before)
  })
})

describe('a task', () => {
  it.each<TaskState>(['assigned', 'preparing', 'ready', 'starting', 'running'])(
    'that is %s is there as soon as it has an address',
    (state) => {
      expect(atNode1({ instances: [www({ state })] })).toHaveLength(1)
      expect(atNode1({ instances: [www({ state, addresses: { other: '10.9.9.9' } })] })).toEqual([])
    },
  )

  it.each<TaskState>(['complete', 'shutdown', 'failed', 'rejected', 'remove', 'orphaned'])(
    'that is %s is not there',
    (state) => {
      expect(atNode1({ instances: [www({ state })] })).toEqual([])
    },
  )

  it.each<TaskState>(['shutdown', 'remove'])('that should %s is drained, and says why', (desired) => {
    expect(one({ instances: [www({ desired })] }).maintenance).toBe(`Swarm wants the task ${desired}`)
  })

  it('of a node that is not listed is nowhere', () => {
    const { registrations } = planOf({
      workloads: [labelled('hello_www')],
      instances: [www()],
      nodes: [node('n2')],
    })
    expect([...registrations]).toEqual([['n2', []]])
  })
})

it('HAProxies are registered as Shoal’s own', () => {
  const tasks = [instance('h1', 'shoal_haproxy', { slot: null, addresses: ADDRESS })]
  expect(one({ workloads: [workload('shoal_haproxy')], instances: tasks })).toMatchObject({
    id: 'shoal_haproxy.n1.h1:shoal-haproxy',
    service: 'shoal-haproxy',
    address: '10.0.0.7',
    port: 80,
    check: { http: 'http://10.0.0.7:80/healthz' },
    meta: { 'shoal-service': 'shoal-haproxy' },
  })
})
