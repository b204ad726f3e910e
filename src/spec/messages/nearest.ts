/** Finds what was meant by a mistyped word. */

/** The nearest of `known` to `word`, if it is near enough to have been meant. Letter case, `-` and `_` don't count. */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > 40) return null
  const wanted = plain(word)
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(wanted, plain(candidate)) }))
    .toSorted((a, b) => a.distance - b.distance)
  const best = ranked[0]
  const tolerated = wanted.length < 3 ? 0 : Math.max(1, Math.floor(wanted.length / 3))
  return best !== undefined && best.distance <= tolerated ? best.candidate : null
}

function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[-_\s]/g, '')
}

/** Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i += 1) {
    const current = [i]
    for (let j = 1; j <= b.length; j += 1) {
      const substitution = at(previous, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      current[j] = Math.min(
        at(previous, j) + 1,
        at(current, j - 1) + 1,
        substitution,
        swapped ? at(before, j - 2) + 1 : Infinity,
      )
    }
    before = previous
    previous = current
  }
  return at(previous, b.length)
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity
}
