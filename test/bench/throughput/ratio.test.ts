import { describe, expect, it } from 'vitest'
import { compare } from './ratio.ts'
import type { Speed } from './ratio.ts'

const speed = (requestsPerSecond: number): Speed => ({
  failed: 0,
  requestsPerSecond,
  cpuPerRequest: 100,
  cpuPerRequestAtFullSpeed: 90,
  p50: 1,
  p99: 10,
})

const speeds = (...all: readonly number[]): readonly Speed[] => all.map(speed)

describe('proxies measured in turn', () => {
  it('are compared turn by turn, so that a slow machine makes no difference', () => {
    const [throughput, ...others] = compare({
      shoal: speeds(990, 495, 99),
      shoalPreferringLocal: speeds(1200, 600, 120),
      byHand: speeds(1000, 500, 100),
      byHandRetrying: speeds(900, 450, 90),
    })
    expect(throughput).toMatchObject({
      figure: 'requests/s',
      medians: { shoal: 495, shoalPreferringLocal: 600, byHand: 500, byHandRetrying: 450 },
    })
    expect(throughput?.ratio.mean).toBeCloseTo(0.99)
    expect(throughput?.ratio.error).toBeCloseTo(0)
    expect(throughput?.ratioRetrying.mean).toBeCloseTo(1.1)
    for (const { ratio } of others) expect(ratio.mean).toBeCloseTo(1)
  })

  it('come with the standard error of their ratio', () => {
    const byHand = speeds(100, 100, 100, 100)
    const turns = { shoal: speeds(50, 200, 50, 200), byHand, byHandRetrying: byHand }
    const [throughput] = compare({ ...turns, shoalPreferringLocal: [] })
    expect(throughput?.ratio.mean).toBeCloseTo(1)
    // Standard deviation of the logarithms, ln 2 times the root of 4/3, over the root of 4.
    expect(throughput?.ratio.error).toBeCloseTo(Math.LN2 / Math.sqrt(3))
  })

  it('are not comparable where one was not measured', () => {
    const [throughput] = compare({
      shoal: speeds(1),
      shoalPreferringLocal: [],
      byHand: [],
      byHandRetrying: speeds(1),
    })
    expect(throughput?.ratio.mean).toBeNaN()
    expect(throughput?.ratioRetrying.mean).toBeCloseTo(1)
  })
})
