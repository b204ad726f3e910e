import * as fc from 'fast-check'
import { asyncScheduler, lastValueFrom } from 'rxjs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { abortable, after, backoffDelay, jittered } from '../../src/loop/timing.ts'
import { never } from './virtual-clock.ts'

describe('abortable', () => {
  it('starts anew for each subscription, and not before', async () => {
    let starts = 0
    const stream = abortable(async () => ++starts)
    expect(starts).toBe(0)
    expect(await lastValueFrom(stream)).toBe(1)
    expect(await lastValueFrom(stream)).toBe(2)
  })

  it('aborts when unsubscribed, not when done', async () => {
    const signals: AbortSignal[] = []
    await lastValueFrom(abortable(async (signal) => signals.push(signal)))
    const subscription = abortable((signal) => {
      signals.push(signal)
      return never()
    }).subscribe()
    subscription.unsubscribe()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
  })

  it('takes a throw for a rejection, and never emits synchronously', async () => {
    const errors: unknown[] = []
    const failing = abortable((): Promise<never> => {
      throw new Error('broken')
    })
    failing.subscribe({ error: (error: unknown) => errors.push(error) })
    expect(errors).toEqual([])
    await expect(lastValueFrom(failing)).rejects.toThrow('broken')
    expect(errors).toEqual([new Error('broken')])
  })
})

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

describe('jittered', () => {
  it('makes a period a tenth shorter or longer at most', () => {
    expect(jittered(1000, () => 0)).toBe(900)
    expect(jittered(1000, () => 0.5)).toBe(1000)
    expect(jittered(1000, () => 0.999)).toBeLessThan(1100)
  })
})
