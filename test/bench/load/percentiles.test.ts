import { describe, expect, it } from 'vitest'
import { percentile, percentiles } from './percentiles.ts'

const HUNDRED = Array.from({ length: 100 }, (_, index) => index + 1)

describe('percentiles', () => {
  it('are values that occur, by nearest rank', () => {
    expect([0, 1, 50, 99, 99.9, 100].map((percent) => percentile(HUNDRED, percent))).toEqual([
      1, 1, 50, 99, 100, 100,
    ])
  })

  it('sort numbers by size', () => {
    expect(percentiles([100, 9, 20])).toEqual({ p50: 20, p99: 100, p999: 100, max: 100 })
  })

  it('are not numbers where there is nothing', () => {
    expect(percentile([], 50)).toBeNaN()
  })
})
