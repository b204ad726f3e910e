/** The two ways in which things are the same: by content, and by identity. */
import { isDeepStrictEqual } from 'node:util'

/**
 * Whether two pieces of plain data say the same. The order of an object's fields makes no
 * difference, that of a list does.
 */
export function sameContent(a: unknown, b: unknown): boolean {
  return a === b || isDeepStrictEqual(a, b)
}

/** Whether two lists hold the very same objects in the same order. */
export function identicalItems(a: readonly unknown[] | undefined, b: readonly unknown[]): boolean {
  if (a === b) return true
  return a !== undefined && a.length === b.length && a.every((item, index) => item === b[index])
}

/** Whether two objects of a kind hold the very same in each field. */
export function identicalFields<T extends object>(a: T, b: T): boolean {
  return Object.keys(a).every((name) => Reflect.get(a, name) === Reflect.get(b, name))
}
