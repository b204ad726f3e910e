import { describe, expect, it } from 'vitest'
import { findService } from '../../src/cli/get.ts'
import { endpointsTable, endpointViews, servicesTable, serviceViews } from '../../src/cli/service-view.ts'
import type { Endpoint } from '../../src/model/endpoint.ts'
import type { Policy } from '../../src/model/policy.ts'
import type { Condition, ProxyReport, ServiceStatus } from '../../src/model/status.ts'
import { makePlan } from '../../src/plan/plan.ts'
import { labelled, planInput, snapshot } from '../plan/world.ts'

const NOW = Date.parse('2026-01-01T00:10:00Z')

function policies(...names: string[]): Map<string, Policy> {
  const services = names.map((name) => labelled(name))
  return new Map(makePlan(planInput(snapshot({ services }))).policies)
}

function condition(type: Condition['type'], truth: Condition['status'], reason: string): Condition {
  return { type, status: truth, reason, message: '', since: '2026-01-01T00:00:00Z' }
}

function status(key: string, conditions: readonly Condition[]): ServiceStatus {
  return { key, conditions, total: 3, ready: 2, programmed: 1, proxies: 3, source: 'label' }
}

describe('shoal get services', () => {
  it('shows one row a service, with what is wrong in the last column', () => {
    const statuses = new Map([
      ['hello/www', status('hello/www', [condition('Ready', 'True', 'Degraded')])],
      ['shop/api', status('shop/api', [condition('Accepted', 'False', 'InvalidSpec')])],
    ])
    const table = servicesTable(serviceViews(policies('hello_www'), statuses), NOW)
    expect(table.split('\n').map((line) => line.split(/ {2,}/))).toEqual([
      ['NAMESPACE', 'NAME', 'READY', 'HOSTS', 'PROGRAMMED', 'AGE', 'STATUS'],
      ['hello', 'www', '2/3', 'www,www.hello,www.hello.example.test', '1/3', '10m', 'Degraded'],
      ['shop', 'api', '2/3', '-', '1/3', '-', 'InvalidSpec'],
    ])
  })

  it('says Pending while the controller has not judged a service yet', () => {
    expect(servicesTable(serviceViews(policies('hello_www'), new Map()), NOW)).toMatch(/Pending$/)
  })
})

describe('shoal get endpoints', () => {
  const endpoint: Endpoint = {
    server: 'hello_www.1.t1',
    task: 't1',
    node: 'n1',
    nodeName: 'node1',
    zone: null,
    address: '10.0.0.5',
    port: 8080,
    health: 'draining',
  }

  it('shows the weight each proxy gives, or the state if that is not ready', () => {
    const report = (node: string, state: 'ready' | 'drain'): ProxyReport => ({
      key: 'hello/www',
      node,
      zone: null,
      revision: 'r',
      error: null,
      backends: { hello_www: { 'hello_www.1.t1': { weight: 64, state, why: 'node' } } },
    })
    const views = endpointViews(new Map([['hello_www', [endpoint]]]), [
      report('node1', 'ready'),
      report('node2', 'drain'),
    ])
    expect(
      endpointsTable(views)
        .split('\n')
        .map((line) => line.split(/ {2,}/)),
    ).toEqual([
      ['TASK', 'BACKEND', 'NODE', 'ZONE', 'ADDRESS', 'HEALTH', 'WEIGHT@node1', 'WEIGHT@node2'],
      ['hello_www.1.t1', 'hello_www', 'node1', '-', '10.0.0.5:8080', 'draining', '64', 'drain'],
    ])
  })
})

describe('findService', () => {
  const known = policies('hello_www', 'shop_www', 'shop_api')

  it.each([
    ['api', null, 'shop/api'],
    ['hello/www', null, 'hello/www'],
    ['www.shop', null, 'shop/www'],
    ['www', 'hello', 'hello/www'],
  ])('finds %s in namespace %s', (wanted, namespace, key) => {
    expect(findService(known, wanted, namespace).key).toBe(key)
  })

  it('names the candidates where a name is not enough', () => {
    expect(() => findService(known, 'www', null)).toThrow(
      'service www is in several namespaces: name one of hello/www, shop/www',
    )
  })

  it('names what there is where nothing matches', () => {
    expect(() => findService(known, 'nope', null)).toThrow('no service nope; there are: ')
  })
})
