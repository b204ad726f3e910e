import { play } from './play.ts'

/** How many histories are played together as one test of the report. */
const AT_ONCE = 20

/**
 * Seeds of the histories to play, in groups: `SHOAL_SIM_SEEDS=n` plays n of each kind instead of `count`. `SHOAL_SIM_SEED=s` plays one again,
 * `SHOAL_SIM_LINES=n` with that many lines of what happened.
 */
export function seedGroups(count: number): { readonly from: number; readonly to: number }[] {
  const one = Number(process.env.SHOAL_SIM_SEED ?? 0)
  if (one > 0) return [{ from: one, to: one }]
  const all = Number(process.env.SHOAL_SIM_SEEDS ?? count)
  return Array.from({ length: Math.ceil(all / AT_ONCE) }, (_, index) => ({
    from: index * AT_ONCE + 1,
    to: Math.min(all, (index + 1) * AT_ONCE),
  }))
}

/** Plays the histories of a group; gives how many requests were answered in them. */
export async function playAll(
  group: { readonly from: number; readonly to: number },
  troubled: boolean,
): Promise<number> {
  let requests = 0
  for (let seed = group.from; seed <= group.to; seed += 1) {
    const world = await play(seed, troubled)
    requests += world.traffic.requests
  }
  return requests
}
