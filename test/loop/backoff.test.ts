import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { backoffDelay } from '../../src/loop/backoff.ts'

const half = (): number => 0.5
const backoff = fc
  .tuple(fc.integer({ min: 1, max: 5000 }), fc.integer({ min: 0, max: 100_000 }))
  .map(([first, more]) => ({ first, max: first + more }))
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

describe('backoffDelay', () => {
  it('doubles up to the cap', () => {
    const delays = [1, 2, 3, 4, 5, 6].map((n) => backoffDelay(n, { first: 100, max: 1000 }, half))
    expect(delays).toEqual([75, 150, 300, 600, 750, 750])
  })

  it('stays a number after any number of failures', () => {
    expect(backoffDelay(100_000, { first: 100, max: 1000 }, half)).toBe(750)
    expect(backoffDelay(100_000, { first: 0, max: 1000 }, half)).toBe(0)
  })

  it('is drawn from the upper half, never above the cap', () => {
    fc.assert(
      fc.property(backoff, fc.integer({ min: 1, max: 2000 }), random, (limits, failures, draw) => {
        const longest = Math.min(limits.max, limits.first * 2 ** (failures - 1))
        const delay = backoffDelay(failures, limits, () => draw)
        expect(delay).toBeGreaterThanOrEqual(longest / 2)
        expect(delay).toBeLessThanOrEqual(longest)
      }),
    )
  })

  it('grows whatever the dice say, until capped', () => {
    fc.assert(
      fc.property(backoff, fc.integer({ min: 1, max: 20 }), random, random, (limits, failures, a, b) => {
        fc.pre(limits.first * 2 ** failures <= limits.max)
        expect(backoffDelay(failures + 1, limits, () => b)).toBeGreaterThanOrEqual(
          backoffDelay(failures, limits, () => a),
        )
      }),
    )
  })

  it('spreads equals that failed together', () => {
    const draws = [0, 0.25, 0.999]
    const delays = draws.map((draw) => backoffDelay(1, { first: 1000, max: 1000 }, () => draw))
    expect(new Set(delays).size).toBe(3)
  })
})
