import { tries } from '../tries.ts'
import { minimise } from './minimise.ts'
import { play, Violation } from './play.ts'
import type { Story } from './play.ts'
import type { World } from './world.ts'

/** How many histories are played together as one test of the report. */
const AT_ONCE = 10

interface SeedGroup {
  readonly from: number
  readonly to: number
}

/**
 * Seeds of the histories to play, in groups: 10 of each kind, 60 in `npm test`, n with `SHOAL_SIM_SEEDS=n`. `SHOAL_SIM_SEED=s` plays
 * one again, `SHOAL_SIM_FAULTS=2,5` with these of its faults alone (`none` for none), `SHOAL_SIM_LINES=n` with that many lines of
 * what happened.
 */
export function seedGroups(): SeedGroup[] {
  const one = Number(process.env.SHOAL_SIM_SEED ?? 0)
  if (one > 0) return [{ from: one, to: one }]
  const all = Number(process.env.SHOAL_SIM_SEEDS ?? tries({ quick: 10, all: 60 }))
  return Array.from({ length: Math.ceil(all / AT_ONCE) }, (_, index) => ({
    from: index * AT_ONCE + 1,
    to: Math.min(all, (index + 1) * AT_ONCE),
  }))
}

/** Plays the histories of a group; gives how many requests were answered in them. */
export async function playAll(group: SeedGroup, troubled: boolean): Promise<number> {
  const kept = readFaults(process.env.SHOAL_SIM_FAULTS)
  let requests = 0
  for (let seed = group.from; seed <= group.to; seed += 1) {
    const world = await tell({ seed, troubled, kept })
    requests += world.traffic.requests
  }
  return requests
}

/** One that fails is told in its shortest form, unless it was asked for with certain faults. */
async function tell(story: Story): Promise<World> {
  try {
    return await play(story)
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    const found = story.kept === null ? await shortest(story, error) : { story, violation: error }
    throw new Error(`${found.violation.message}\nPlay it again: ${replayCommand(found.story)}`, {
      cause: error,
    })
  }
}

/** The same history with as few faults as still break the same rule, and how it then fails. */
export async function shortest(
  story: Story,
  violation: Violation,
  again: (story: Story) => Promise<unknown> = play,
): Promise<{ readonly story: Story; readonly violation: Violation }> {
  let last = violation
  const all = Array.from({ length: violation.faults }, (_, index) => index + 1)
  const kept = await minimise(all, async (faults) => {
    try {
      await again({ ...story, kept: new Set(faults) })
    } catch (error) {
      if (!(error instanceof Violation)) throw error
      if (error.rule !== violation.rule) return false
      last = error
      return true
    }
    return false
  })
  return { story: { ...story, kept: new Set(kept) }, violation: last }
}

export function replayCommand({ seed, troubled, kept }: Story): string {
  const faults = kept === null || !troubled ? '' : ` SHOAL_SIM_FAULTS=${[...kept].join() || 'none'}`
  const file = troubled ? 'trouble' : 'peace'
  return `SHOAL_SIM_SEED=${seed}${faults} npx vitest run --project=quick test/sim/${file}.test.ts`
}

/** Null for all. */
function readFaults(text: string | undefined): ReadonlySet<number> | null {
  if (text === undefined) return null
  return new Set(text === 'none' ? [] : text.split(',').map(Number))
}
