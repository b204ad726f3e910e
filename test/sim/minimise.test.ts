import { describe, expect, it } from 'vitest'
import { minimise } from './minimise.ts'
import { play, Violation } from './play.ts'
import type { Story } from './play.ts'
import { replayCommand, shortest } from './seeds.ts'

/** One with several faults. */
const SEED = 7

/** Fails as soon as all of these are there. */
function needs(...wanted: readonly number[]): (kept: readonly number[]) => Promise<boolean> {
  return async (kept) => wanted.every((item) => kept.includes(item))
}

describe('minimise', () => {
  it('keeps what a failure needs, and drops all else', async () => {
    expect(await minimise([1, 2, 3, 4, 5, 6], needs(2, 5))).toEqual([2, 5])
  })

  it('drops everything where nothing of it matters', async () => {
    expect(await minimise([1, 2, 3], needs())).toEqual([])
  })

  it('keeps everything where all of it matters', async () => {
    expect(await minimise([1, 2, 3], needs(1, 2, 3))).toEqual([1, 2, 3])
  })

  it('drops again what is needed no longer once something else is gone', async () => {
    // 1 matters only beside 3.
    const fails = async (kept: readonly number[]) =>
      kept.includes(2) && (kept.includes(1) || !kept.includes(3))
    expect(await minimise([1, 2, 3], fails)).toEqual([2])
  })
})

describe('a history that fails', () => {
  const story: Story = { seed: 7, troubled: true, kept: null }
  const lost = (text: string) => new Violation(text, 'request lost', 4)

  it('is told with the faults alone that it needs to break the same rule', async () => {
    const found = await shortest(story, lost('all four'), async ({ kept }) => {
      if (kept?.has(2) === true) throw lost(`with ${[...kept].join()}`)
      if (kept?.has(3) === true) throw new Violation('something else', 'no rest', 4)
    })
    expect(found.violation.message).toBe('with 2')
    expect(found.story).toEqual({ ...story, kept: new Set([2]) })
  })

  it('is played again by one command', () => {
    const vitest = 'npx vitest run --project=quick'
    expect(replayCommand({ ...story, kept: new Set([2, 5]) })).toBe(
      `SHOAL_SIM_SEED=7 SHOAL_SIM_FAULTS=2,5 ${vitest} test/sim/trouble.test.ts`,
    )
    expect(replayCommand({ ...story, kept: new Set() })).toContain(' SHOAL_SIM_FAULTS=none ')
    expect(replayCommand({ ...story, troubled: false })).toBe(
      `SHOAL_SIM_SEED=7 ${vitest} test/sim/peace.test.ts`,
    )
  })

  it('is the same history without the faults that are dropped: the others strike as they did', async () => {
    const strikes = async (kept: Story['kept']) => {
      const { history } = await play({ seed: SEED, troubled: true, kept })
      return history
        .tail(Infinity)
        .split('\n')
        .filter((line) => line.includes('FAULT'))
    }
    const [first, second] = await strikes(null)
    expect(second).toBeDefined()
    expect(await strikes(new Set([2]))).toEqual([second])
    expect(await strikes(new Set([1]))).toEqual([first])
  })
})
