import { describe, expect, it } from 'vitest'
import { agentSelf, registeredInstances } from '../../src/consul/agent.ts'
import { check } from './answers.ts'

const meta = { 'shoal-hash': 'abc', 'shoal-task': 't1' }
const services = {
  'hello_www.2.t2:http': {
    ID: 'hello_www.2.t2:http',
    Service: 'www-hello',
    Meta: { ...meta, 'shoal-task': 't2' },
  },
  'hello_www.1.t1:http': { ID: 'hello_www.1.t1:http', Service: 'www-hello', Meta: meta },
  other: { ID: 'other', Service: 'other', Meta: { version: '1' } },
}

describe('registeredInstances', () => {
  it("are Shoal's own, in order of their IDs, with their maintenance", () => {
    const id = '_service_maintenance:hello_www.2.t2:http'
    const expected = { service: 'www-hello', hash: 'abc' }
    expect(registeredInstances(services, { [id]: check(id, 'critical') })).toEqual([
      { ...expected, id: 'hello_www.1.t1:http', instanceId: 't1', maintenance: false },
      { ...expected, id: 'hello_www.2.t2:http', instanceId: 't2', maintenance: true },
    ])
  })

  it('are none at a new agent', () => {
    expect(registeredInstances({}, {})).toEqual([])
  })
})

describe('agentSelf', () => {
  it('has each DNS address once', () => {
    const answer = {
      Config: { NodeName: 'node1', Datacenter: 'dc1', Server: false, Version: '1.22.0' },
      DebugConfig: { DNSAddrs: ['tcp://172.18.0.3:8600', 'udp://172.18.0.3:8600'] },
    }
    expect(agentSelf(answer)).toEqual({ node: 'node1', datacenter: 'dc1', dnsAddresses: ['172.18.0.3:8600'] })
  })
})
