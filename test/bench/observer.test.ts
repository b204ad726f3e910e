import { describe, expect, it } from 'vitest'
import { sinceWhen } from './observer.ts'

const seen = (at: number, state: 'ready' | 'drain') => ({ at, servers: { a: state } })
const isReady = (servers: { readonly a?: string }): boolean => servers.a === 'ready'

describe('since when something holds', () => {
  it('is when it last became so', () => {
    const history = [
      seen(1, 'ready'),
      seen(2, 'drain'),
      seen(3, 'ready'),
      { at: 4, host: 'x' },
      seen(5, 'ready'),
    ]
    expect(sinceWhen(history, isReady)).toBe(3)
  })

  it('is undefined where it does not hold now', () => {
    expect(sinceWhen([seen(1, 'ready'), seen(2, 'drain')], isReady)).toBeUndefined()
    expect(sinceWhen([], isReady)).toBeUndefined()
  })
})
