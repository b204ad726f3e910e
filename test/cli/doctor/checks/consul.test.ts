import { describe, expect, it } from 'vitest'
import { consulFacts, facts, swarmFacts } from '../facts.ts'
import { found } from '../finding.ts'

describe('consul', () => {
  const agents = () => new Map(consulFacts(swarmFacts()).agents)
  const clock = { least: 0, most: 1000 }

  it('finds that nobody leads', () => {
    const leaderless = new Map([...agents()].map(([id]) => [id, { leader: null, clock }]))
    expect(found('consul', facts({ consul: consulFacts(swarmFacts(), { agents: leaderless }) }))).toEqual([
      expect.stringMatching('^fault consul: no agent knows of a leader'),
    ])
  })

  it('finds an agent that does not answer', () => {
    const consul = consulFacts(swarmFacts(), { agents: agents().set('n2', { unknown: 'timed out' }) })
    expect(found('consul', facts({ consul }))).toEqual([
      'fault host-n2: its Consul agent does not answer: timed out',
    ])
  })

  it.each(['failed', 'left'] as const)('finds an agent that is %s to the others', (told) => {
    const { members } = consulFacts(swarmFacts())
    const changed = members.map((each, index) => (index === 2 ? { ...each, status: told } : each))
    expect(found('consul', facts({ consul: consulFacts(swarmFacts(), { members: changed }) }))).toEqual([
      expect.stringMatching(`^warning host-n3: to the other agents its Consul agent is ${told}`),
    ])
  })

  it('does not mind agents of the past', () => {
    const { members } = consulFacts(swarmFacts())
    const past = { name: 'host-n1-dead', address: '10.0.0.9', status: 'failed' as const, server: false }
    expect(
      found('consul', facts({ consul: consulFacts(swarmFacts(), { members: [...members, past] }) })),
    ).toEqual([])
  })
})
