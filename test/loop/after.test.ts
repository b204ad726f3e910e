import { asyncScheduler } from 'rxjs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { after } from '../../src/loop/after.ts'

describe('after', () => {
  beforeEach(() => {
    vi.useFakeTimers()
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  it.each([
    [20, 19, 0],
    [20, 20, 1],
    [2 ** 31, 60_000, 0],
    [Infinity, 60_000, 0],
    [Number.NaN, 60_000, 0],
  ])('%d ms, %d ms later: %d emissions', (ms, later, emissions) => {
    let count = 0
    const subscription = after(ms, asyncScheduler).subscribe(() => count++)
    vi.advanceTimersByTime(later)
    expect(count).toBe(emissions)
    subscription.unsubscribe()
  })
})
