/** Comparators for `sort`: one order of texts and one of times in the whole tree. */

type Comparator<T> = (a: T, b: T) => number

/** Texts by their code units, never by a language's rules: the same on every machine. */
export function byText(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}

/** ISO 8601 times, the older first. As text they do not sort: Docker leaves out trailing zeros. */
export function byTime(a: string, b: string): number {
  // Down to the second they do sort as text, and parsing takes far longer.
  const coarse = a.endsWith('Z') && b.endsWith('Z') ? byText(a.slice(0, 19), b.slice(0, 19)) : 0
  return coarse || Date.parse(a) - Date.parse(b) || byText(a, b)
}

/** By a text or a time of each item: `by(({ name }) => name)`, `by(({ made }) => made, byTime)`. */
export function by<T>(key: (item: T) => string, compare: Comparator<string> = byText): Comparator<T> {
  return (a, b) => compare(key(a), key(b))
}

/** The older first; of one age by key, so that the order never depends on the list's. */
export function byAge(a: Aged, b: Aged): number {
  return byTime(a.createdAt, b.createdAt) || byText(a.key, b.key)
}

interface Aged {
  readonly key: string
  /** ISO 8601 */
  readonly createdAt: string
}
