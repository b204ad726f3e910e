import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { integerWeights } from '../../../src/node/locality/rounding.ts'

const portions = (shares: readonly number[]) => shares.map((share, tie) => ({ share, tie }))

function worstError(shares: readonly number[]): number {
  const weights = integerWeights(portions(shares))
  const sum = weights.reduce((total, weight) => total + weight, 0)
  return Math.max(...shares.map((share, index) => Math.abs((weights[index] ?? 0) / sum - share)))
}

describe('integerWeights', () => {
  it('is exact where integers can be', () => {
    expect(integerWeights(portions([0.5, 0.5]))).toEqual([256, 256])
    expect(integerWeights(portions([1, 0, 0]))).toEqual([256, 0, 0])
    expect(worstError([0.5, ...Array.from({ length: 99 }, () => 0.5 / 99)])).toBeLessThan(1e-9)
  })

  it('gives equal shares equal weights when that is near enough', () => {
    const weights = integerWeights(portions([0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1]))
    expect(new Set(weights.slice(1)).size).toBe(1)
  })

  it('serves crowds whose fair weight would be less than 1', () => {
    const shares = [0.5, ...Array.from({ length: 999 }, () => 0.5 / 999)]
    expect(worstError(shares)).toBeLessThan(0.005)
  })

  it('is off by less than half a percent, whatever the shares', () => {
    const anyShares = fc
      .array(fc.oneof(fc.constant(0), fc.double({ min: 0, max: 1, noNaN: true })), {
        minLength: 1,
        maxLength: 150,
      })
      .map((parts) => ({ parts, total: parts.reduce((sum, part) => sum + part, 0) }))
      .filter(({ total }) => total > 0.001)
      .map(({ parts, total }) => parts.map((part) => part / total))
    fc.assert(
      fc.property(anyShares, (shares) => {
        expect(worstError(shares)).toBeLessThan(0.005)
        for (const weight of integerWeights(portions(shares))) expect(weight).toBeLessThanOrEqual(256)
      }),
      { numRuns: 500 },
    )
  })
})
