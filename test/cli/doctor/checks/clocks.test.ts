import { describe, expect, it } from 'vitest'
import { consulFacts, facts, swarmFacts } from '../facts.ts'
import { found } from '../finding.ts'

describe('clocks', () => {
  it.each([
    [{ least: 2500, most: 3600 }, 'warning host-n2: its clock is at least 2 s ahead of'],
    [{ least: -9000, most: -7900 }, 'warning host-n2: its clock is at least 7 s behind'],
    [{ least: -100_000, most: -90_000 }, 'fault host-n2: its clock is at least 90 s behind'],
  ])('finds one that is surely off by %j ms', (clock, told) => {
    const agents = new Map(consulFacts(swarmFacts()).agents).set('n2', { leader: 'x', clock })
    const consul = consulFacts(swarmFacts(), { agents })
    expect(found('clocks', facts({ consul }))).toEqual([expect.stringContaining(told)])
  })

  it.each([
    { least: -3000, most: 3000 },
    { least: -Infinity, most: Infinity },
    { least: 1900, most: 2900 },
  ])('says nothing where it can’t be sure: %j', (clock) => {
    const agents = new Map(consulFacts(swarmFacts()).agents).set('n2', { leader: 'x', clock })
    expect(found('clocks', facts({ consul: consulFacts(swarmFacts(), { agents }) }))).toEqual([])
  })
})
