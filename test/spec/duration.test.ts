import { describe, expect, it } from 'vitest'
import { formatDuration, guessDuration, milliseconds } from '../../src/spec/duration.ts'

describe('durations', () => {
  it.each([
    ['0s', 0],
    ['1ms', 1],
    ['1500ms', 1500],
    ['90s', 90_000],
    ['2m', 120_000],
    ['24h', 86_400_000],
  ])('%s is %i ms, and the other way round', (text, ms) => {
    expect(milliseconds(text)).toBe(ms)
    expect(formatDuration(ms)).toBe(text)
  })

  it.each([
    ['1.5s', 1500],
    ['1m30s', 90_000],
    ['10 sec', 10_000],
    ['2 Hours', 7_200_000],
    ['0.3ms', null],
    ['10', null],
    ['soon', null],
    ['10s?', null],
  ])('%s is meant as %s ms', (text, ms) => {
    expect(guessDuration(text)).toBe(ms)
  })
})
