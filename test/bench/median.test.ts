import { describe, expect, it } from 'vitest'
import { median } from './median.ts'

describe('the median', () => {
  it('is the middle one, the lower of two', () => {
    expect([median([3, 1, 2]), median([10, 9]), median([])]).toEqual([2, 9, Number.NaN])
  })
})
