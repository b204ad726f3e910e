import { describe, expect, it } from 'vitest'
import { CHECKS } from '../../../src/cli/doctor/checks.ts'
import { facts } from './facts.ts'
import { found } from './finding.ts'

describe('every check', () => {
  it('finds nothing in a healthy Swarm', () => {
    expect(CHECKS.filter(({ name }) => found(name, facts()).length > 0)).toEqual([])
  })

  it('has a name of its own, and says what is so when all is well', () => {
    expect(new Set(CHECKS.map(({ name }) => name)).size).toBe(CHECKS.length)
    expect(CHECKS.filter(({ healthy }) => healthy.length < 10)).toEqual([])
  })
})
