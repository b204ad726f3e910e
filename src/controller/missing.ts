/**
 * What observations lack though it should be there. A single list may be wrong: a thing is taken
 * for gone once a complete observation lacks it that was made some time after the first. Pure.
 */

/**
 * ms between the two: what makes one list wrong (a manager that has just begun to lead, say) may
 * last for some time.
 */
const SECOND_LOOK_AFTER = 150

export interface Missing {
  /** ms since the epoch */
  readonly since: number
  /** Whether a second observation has agreed. */
  readonly isGone: boolean
}

export interface Observed {
  /** ms since the epoch */
  readonly now: number
  /** Whether all was listed, and not only what some services have. */
  readonly isComplete: boolean
}

/** Those of which an observation that lacks them too says that they are gone. */
export function goneIf<K>(missing: ReadonlyMap<K, Missing>, { now, isComplete }: Observed): Set<K> {
  const agreed = [...missing].filter(
    ([, { since, isGone }]) => isGone || (isComplete && now - since >= SECOND_LOOK_AFTER),
  )
  return new Set(agreed.map(([key]) => key))
}

/** What is missing now, given what was. */
export function stillMissing<K>(
  before: ReadonlyMap<K, Missing>,
  now: Iterable<K>,
  observed: Observed,
): ReadonlyMap<K, Missing> {
  const gone = goneIf(before, observed)
  return new Map(
    [...now].map((key) => [key, { since: before.get(key)?.since ?? observed.now, isGone: gone.has(key) }]),
  )
}
