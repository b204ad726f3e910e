/** HAProxy's largest weight. */
export const MAX_WEIGHT = 256

/** The scales tried: below this a weight of 1 would be more than a hundredth of the traffic. */
const MIN_SCALE = 100

/** A share may be off by this much before equal shares may get unequal weights. */
const TOLERANCE = 0.004

export interface Portion {
  /** 0 to 1; all of a list add up to 1. */
  readonly share: number
  /** Who gets the odd unit of two with equal claims, lower first. */
  readonly tie: number
}

/**
 * Integer weights, 0 to 256, in the order given, whose parts of their sum are as near to the shares
 * as integers allow. No share is off by more than 0.4 % of the whole, whatever the number of
 * portions.
 */
export function integerWeights(portions: readonly Portion[]): readonly number[] {
  const largest = Math.max(0, ...portions.map(({ share }) => share))
  if (largest === 0) return portions.map(() => 0)
  const kinds = kindsOf(portions)
  const weightAt = (share: number, scale: number): number => Math.round(nice((scale * share) / largest))
  let best = { scale: MAX_WEIGHT, error: Infinity }
  for (let scale = MAX_WEIGHT; scale >= MIN_SCALE && best.error > 1e-9; scale--) {
    const error = worstError(kinds, (share) => weightAt(share, scale))
    if (error < best.error - 1e-9) best = { scale, error }
  }
  if (best.error > TOLERANCE) return largestRemainder(portions, Math.floor(MAX_WEIGHT / largest))
  return portions.map(({ share }) => weightAt(share, best.scale))
}

/** How many portions have which share: of many tasks, few differ. */
function kindsOf(portions: readonly Portion[]): ReadonlyMap<number, number> {
  const kinds = new Map<number, number>()
  for (const { share } of portions) kinds.set(share, (kinds.get(share) ?? 0) + 1)
  return kinds
}

/**
 * Exactly `total` units: each its whole part, the odd ones to the largest fractions. So none is off
 * by a whole unit.
 */
function largestRemainder(portions: readonly Portion[], total: number): readonly number[] {
  const exact = portions.map(({ share }) => nice(share * total))
  const weights = exact.map(Math.floor)
  let odd = total - weights.reduce((sum, weight) => sum + weight, 0)
  const byFraction = portions
    .map(({ tie }, index) => ({ index, tie, fraction: (exact[index] ?? 0) - (weights[index] ?? 0) }))
    .sort((a, b) => b.fraction - a.fraction || a.tie - b.tie)
  for (const { index } of byFraction) {
    if (odd-- <= 0) break
    weights[index] = (weights[index] ?? 0) + 1
  }
  return weights
}

function worstError(kinds: ReadonlyMap<number, number>, weightOf: (share: number) => number): number {
  let total = 0
  for (const [share, count] of kinds) total += weightOf(share) * count
  let worst = 0
  for (const share of kinds.keys()) worst = Math.max(worst, Math.abs(weightOf(share) / total - share))
  return worst
}

/**
 * Drops the last bits, so that equal shares stay equal though they were computed on different ways.
 */
function nice(value: number): number {
  return Math.round(value * 1e6) / 1e6
}
