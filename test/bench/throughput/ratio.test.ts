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

describe('two proxies measured in turn', () => {
  it('are compared round by round, so that a slow machine makes no difference', () => {
    const [throughput, ...others] = compare(
      [speed(990), speed(495), speed(99)],
      [speed(1000), speed(500), speed(100)],
    )
    expect(throughput).toEqual({ figure: 'requests/s', first: 495, second: 500, ratio: 0.99 })
    expect(others.map(({ ratio }) => ratio)).toEqual([1, 1, 1, 1])
  })

  it('are not comparable where one was not measured', () => {
    expect(compare([speed(1)], [])[0]?.ratio).toBeNaN()
  })
})
