/**
 * Structural sharing: what did not change from one state to the next is the same object in both, so that whoever compares or
 * works on them can skip it at a glance.
 */

/** Whether two lists hold the very same items in the same order. */
export function sameItems(a: readonly unknown[] | undefined, b: readonly unknown[]): boolean {
  if (a === b) return true
  return a !== undefined && a.length === b.length && a.every((item, index) => item === b[index])
}

/** `before` if it has the very same items, else `now`. */
export function shareList<T>(before: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  return before !== undefined && sameItems(before, now) ? before : now
}

/** `before` if each field holds the very same as in `now`, or the same as JSON; else `now`. */
export function shareFields<T extends object>(before: T | undefined, now: T): T {
  if (before === undefined || before === now) return now
  const names = Object.keys(now)
  const isSame = (name: string) => sameValue(Reflect.get(before, name), Reflect.get(now, name))
  return names.length === Object.keys(before).length && names.every(isSame) ? before : now
}

/** Whether two objects of a kind hold the very same in each field. */
export function sameFields<T extends object>(a: T, b: T): boolean {
  return Object.keys(a).every((name) => Reflect.get(a, name) === Reflect.get(b, name))
}

function sameValue(a: unknown, b: unknown): boolean {
  return a === b || (typeof b === 'object' && JSON.stringify(a) === JSON.stringify(b))
}
