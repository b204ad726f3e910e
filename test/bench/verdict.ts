/** Whether a case kept its bounds. Pure. */
import type { CaseResult, Round } from './case.ts'

/** What a case missed, a line each; empty where it kept all its bounds. */
export function misses({ name, bounds, rounds }: CaseResult): string[] {
  if (rounds.length === 0) return [`${name}: no round was measured`]
  const checks: (readonly [string, number | undefined, (round: Round) => number | null])[] = [
    ['failed requests', bounds.failed, ({ failed }) => failed],
    ['reloads', bounds.reloads, ({ reloads }) => reloads],
    ...Object.entries(bounds.measures ?? {}).map(
      ([measure, bound]) =>
        [measure, bound, ({ measures }: Round) => measures[measure] ?? Number.NaN] as const,
    ),
  ]
  return checks.flatMap(([what, bound, of]) =>
    rounds.flatMap((round, index) => {
      const value = of(round)
      if (bound === undefined || value === null || value <= bound) return []
      return [`${name}, round ${index + 1}: ${what}: ${value}, and at most ${bound} are allowed`]
    }),
  )
}
