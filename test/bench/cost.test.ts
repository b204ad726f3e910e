import { describe, expect, it } from 'vitest'
import { cpuTicks } from './cost.ts'

describe('CPU time', () => {
  it('is user and system time of all processes, whatever they are called, also of workers that ended', () => {
    const master = '12 (haproxy) S 1 12 12 0 -1 4194560 3 0 0 0 7 5 100 100 20 0 1 0 5 1 1'
    const worker = '13 (a) b (c) R 12 12 12 0 -1 4194560 3 0 0 0 20 30 0 0 20 0 1 0 5 1 1'
    expect(cpuTicks(`${master}\n${worker}\n`)).toBe(262)
  })
})
