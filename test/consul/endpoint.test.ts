import { describe, expect, it } from 'vitest'
import type { EndpointHealth } from '../../src/model/endpoint.ts'
import { endpointHealth, toEndpoint, toEndpoints } from '../../src/consul/endpoint.ts'
import { alive, check, instance, lost } from './answers.ts'

const ID = 'hello_www.1.t1:http'
const passing = check(`${ID}:check`, 'passing', 'HTTP GET http://10.87.0.5:8080/: 200 OK Output: hello')
const failing = check(
  `${ID}:check`,
  'critical',
  'HTTP GET http://10.87.0.5:8080/: 500 Internal Server Error Output: ',
)
const unchecked = check(`${ID}:check`, 'warning')
const tooMany = check(
  `${ID}:check`,
  'warning',
  'HTTP GET http://10.87.0.5:8080/: 429 Too Many Requests Output: ',
)
const drained = check(`_service_maintenance:${ID}`, 'critical', '', { Notes: 'its task is to stop' })
const nodeDrained = check('_node_maintenance', 'critical', '', { Notes: 'new disk' })

describe('endpointHealth', () => {
  it.each<[EndpointHealth, string, object[]]>([
    ['passing', 'its check passes', [alive, passing]],
    ['passing', 'it has no check', [alive]],
    ['passing', 'its check warns', [alive, tooMany]],
    ['critical', 'its check fails', [alive, failing]],
    [
      'critical',
      'one of its checks fails and another has not run',
      [alive, check('other', 'warning'), failing],
    ],
    ['pending', 'its check has not run', [alive, unchecked]],
    [
      'pending',
      'it was registered critical, and its check has not run',
      [alive, check(`${ID}:check`, 'critical')],
    ],
    [
      'pending',
      'one of its checks has not run and another passes',
      [alive, check('other', 'warning'), passing],
    ],
    ['stale', "its agent is lost, whatever it said last: 'passing'", [lost, passing]],
    ['stale', "its agent is lost, whatever it said last: 'critical'", [lost, failing]],
    ['stale', 'its agent is lost before the check ran', [lost, unchecked]],
    ['draining', 'it is in maintenance', [alive, drained, passing]],
    ['draining', 'it is in maintenance and fails', [alive, drained, failing]],
    ['draining', 'it is in maintenance and its agent is lost', [lost, drained, passing]],
    ['draining', 'its whole node is in maintenance', [alive, nodeDrained, passing]],
  ])('is %s when %s', (expected, _, checks) => {
    expect(endpointHealth(checks)).toBe(expected)
  })
})

describe('toEndpoint', () => {
  it("reads one of Shoal's instances", () => {
    expect(toEndpoint(instance(ID, [alive, passing]))).toEqual({
      server: 'hello_www.1.t1',
      task: 't1',
      node: 'n1',
      nodeName: 'node1',
      zone: 'a',
      address: '10.87.0.5',
      port: 8080,
      health: 'passing',
    })
  })

  it('has no zone where the node has none', () => {
    const Meta = { 'shoal-hash': 'abc', 'shoal-zone': '' }
    expect(toEndpoint(instance(ID, [alive], { Meta }))?.zone).toBeNull()
  })

  it.each([
    ['somebody else registered', instance('consul', [alive], { Meta: { 'grpc-port': '8502' } })],
    ['has no meta at all', instance('consul', [alive], { Meta: null })],
    ['is not what Consul answers', 'nonsense'],
  ])('is none for what %s', (_, entry) => {
    expect(toEndpoint(entry)).toBeNull()
  })
})

describe('toEndpoints', () => {
  it('are in order of their servers', () => {
    const answer = ['b.1.t2:http', 'a.1.t1:http'].map((id) => instance(id, [alive, passing]))
    expect(toEndpoints(answer).map(({ server }) => server)).toEqual(['a.1.t1', 'b.1.t2'])
  })

  it('count an instance that two agents claim once, by the one that lives', () => {
    const old = instance(ID, [lost, failing])
    const living = instance(ID, [alive, passing])
    for (const answer of [
      [old, living],
      [living, old],
    ]) {
      expect(toEndpoints(answer).map(({ health }) => health)).toEqual(['passing'])
    }
  })
})
