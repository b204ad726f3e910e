import { describe, expect, it } from 'vitest'
import { busyTicks, cpuTicks } from './cost.ts'

describe('CPU time', () => {
  it('is user and system time of all processes, whatever they are called, also of workers that ended', () => {
    const master = '12 (haproxy) S 1 12 12 0 -1 4194560 3 0 0 0 7 5 100 100 20 0 1 0 5 1 1'
    const worker = '13 (a) b (c) R 12 12 12 0 -1 4194560 3 0 0 0 20 30 0 0 20 0 1 0 5 1 1'
    expect(cpuTicks(`${master}\n${worker}\n`)).toBe(262)
  })

  it('of a machine is that of all its cores, without what they idled and what was taken from them', () => {
    const stat = 'cpu  100 20 30 4000 500 6 7 800 0 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n'
    expect(busyTicks(stat)).toBe(163)
  })
})
