import { expect, it } from 'vitest'
import { jittered } from '../../src/loop/jitter.ts'

it('a period is a tenth shorter or longer at most', () => {
  expect(jittered(1000, () => 0)).toBe(900)
  expect(jittered(1000, () => 0.5)).toBe(1000)
  expect(jittered(1000, () => 0.999)).toBeLessThan(1100)
})
