import { describe, expect, it } from 'vitest'
import { agentNodes } from '../../src/consul/queries.ts'

describe('agentNodes', () => {
  it('are those of Shoal’s own agents, whatever else is in Consul', () => {
    const answer = [
      { Node: 'node1-c1', Address: '10.86.0.4', Meta: { 'swarm-node': 'n1', 'consul-version': '1.22.0' } },
      { Node: 'server-1', Address: '10.86.0.5', Meta: { 'consul-version': '1.22.0' } },
      { Node: 'old', Meta: null },
    ]
    expect([...agentNodes(answer)]).toEqual([['node1-c1', 'n1']])
    expect([...agentNodes('nonsense')]).toEqual([])
  })
})
