/** What of a run missed its bounds, a line each. Pure. */
import type { CaseResult, Round } from './case.ts'
import type { CliFigure } from './cli/cli.ts'
import { median } from './median.ts'
import type { LoopResult } from './loops/loop.ts'
import type { Results } from './results.ts'
import { compare } from './throughput/ratio.ts'

/** Of the speed of the config by hand that keeps the same promise, to ask another task where one died, at least. */
const THROUGHPUT = 0.98

/** All that Shoal missed. What peers lose is theirs to mend. */
export function allMisses({ cases, loops, throughput, cli }: Results): string[] {
  const [speed] = throughput === null ? [] : compare(throughput)
  const slow = speed !== undefined && speed.ratioRetrying.mean < THROUGHPUT
  return [
    ...cases.flatMap(misses),
    ...loops.filter(({ latency, goal }) => latency.p99 > goal).map(late),
    ...(slow
      ? [
          `throughput: ${speed.ratioRetrying.mean.toFixed(3)} of that by hand, retrying, and at least ${THROUGHPUT} is wanted`,
        ]
      : []),
    ...cli.flatMap(costly),
  ]
}

/** Commands are judged by their median: their time is of the CPU, but not of an idle machine's. */
function costly({ title, goal, samples }: CliFigure): string[] {
  const ms = median(samples)
  if (goal === null || ms <= goal) return []
  return [`${title}: ${ms} ms of user CPU time, and at most ${goal} are wanted`]
}

function late({ name, latency, goal }: LoopResult): string {
  return `${name}: p99 ${latency.p99.toFixed(0)} ms, and at most ${goal} are wanted`
}

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
