/**
 * What is made of an object that never changes is made once, when it is first asked for, and lives
 * as long as the object does: there is no size to outgrow, and nothing to clear.
 */
export function once<K extends object, T>(make: (key: K) => T): (key: K) => T {
  const made = new WeakMap<K, { readonly value: T }>()
  return (key) => {
    const known = made.get(key) ?? { value: make(key) }
    made.set(key, known)
    return known.value
  }
}
