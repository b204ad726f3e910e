import { describe, expect, it } from 'vitest'
import { goneIf, stillMissing } from '../../src/controller/missing.ts'
import type { Missing, Observed } from '../../src/controller/missing.ts'

const complete = (now: number): Observed => ({ now, isComplete: true })
const partial = (now: number): Observed => ({ now, isComplete: false })

/** What is missing after observations that lack these. */
function after(...observations: readonly (readonly [Observed, ...string[]])[]): ReadonlyMap<string, Missing> {
  return observations.reduce<ReadonlyMap<string, Missing>>(
    (missing, [observed, ...lacking]) => stillMissing(missing, lacking, observed),
    new Map(),
  )
}

const isGone = (missing: ReadonlyMap<string, Missing>) => missing.get('a')?.isGone

describe('what an observation lacks', () => {
  it('is not gone after one of them', () => {
    expect(isGone(after([complete(0), 'a']))).toBe(false)
  })

  it('is gone once a complete one agrees that was made 150 ms later', () => {
    expect(isGone(after([complete(0), 'a'], [complete(149), 'a']))).toBe(false)
    expect(isGone(after([complete(0), 'a'], [complete(149), 'a'], [complete(150), 'a']))).toBe(true)
  })

  it('may be lacked first by a partial one, but none agrees', () => {
    expect(isGone(after([partial(0), 'a'], [partial(1000), 'a']))).toBe(false)
    expect(isGone(after([partial(0), 'a'], [complete(1000), 'a']))).toBe(true)
  })

  it('stays gone as long as it is lacked, also by partial ones', () => {
    expect(isGone(after([complete(0), 'a'], [complete(150), 'a'], [partial(151), 'a']))).toBe(true)
  })

  it('begins anew once it was there in between', () => {
    const back = after([complete(0), 'a'], [complete(150)], [complete(300), 'a'])
    expect(back).toEqual(new Map([['a', { since: 300, isGone: false }]]))
  })

  it('is judged each by itself', () => {
    const missing = after([complete(0), 'a'], [complete(100), 'a', 'b'])
    expect(goneIf(missing, complete(200))).toEqual(new Set(['a']))
    expect(goneIf(missing, partial(200))).toEqual(new Set())
    expect(goneIf(missing, complete(250))).toEqual(new Set(['a', 'b']))
  })
})
