/**
 * Structural sharing: what did not change from one state to the next is the same object in both, so
 * that whoever compares or works on them sees by identity that there is nothing to do.
 */
import { identicalItems, sameContent } from './same.ts'

/** `before` if it has the very same items, else `now`. */
export function shareList<T>(before: readonly T[] | undefined, now: readonly T[]): readonly T[] {
  return before !== undefined && identicalItems(before, now) ? before : now
}

/** `before` if each field says the same as in `now`; else `now`. */
export function shareFields<T extends object>(before: T | undefined, now: T): T {
  if (before === undefined || before === now) return now
  const names = Object.keys(now)
  const isSame = (name: string) => sameContent(Reflect.get(before, name), Reflect.get(now, name))
  return names.length === Object.keys(before).length && names.every(isSame) ? before : now
}
