/** The results as a Markdown table. Pure. */
import type { CaseResult, Round } from './case.ts'
import type { CliFigure } from './cli/cli.ts'
import type { LoopResult } from './loops/loop.ts'
import { median } from './median.ts'
import type { Comparison } from './throughput/ratio.ts'

/** A table of loops. */
export function renderLoops(results: readonly LoopResult[]): string {
  const head = ['loop', 'p50 ms', 'p99 ms', 'max ms', 'goal p99', 'samples']
  const rows = results.map(({ title, latency, goal, samples }) => [
    title,
    ...[latency.p50, latency.p99, latency.max].map((ms) => ms.toFixed(0)),
    String(goal),
    String(samples.length),
  ])
  return table([head, ...rows])
}

/** A table that compares Shoal's HAProxy with those by hand. */
export function renderComparison(comparisons: readonly Comparison[]): string {
  const head = [
    'HAProxy',
    'by hand',
    'retrying',
    'Shoal',
    'preferring local',
    'Shoal/by hand',
    'Shoal/retrying',
  ]
  const rows = comparisons.map(({ figure, medians, ratio, ratioRetrying }) => [
    figure,
    ...[medians.byHand, medians.byHandRetrying, medians.shoal, medians.shoalPreferringLocal].map(shorten),
    ...[ratio, ratioRetrying].map(({ mean, error }) => `${mean.toFixed(3)} ± ${error.toFixed(3)}`),
  ])
  return table([head, ...rows])
}

/** A table of commands; the last one is what the others are compared with. */
export function renderCli(figures: readonly CliFigure[]): string {
  const head = ['command', 'user CPU ms', 'goal', `beside ${figures.at(-1)?.title}`]
  const base = median(figures.at(-1)?.samples ?? [])
  const rows = figures.map(({ title, goal, samples }) => [
    title,
    median(samples).toFixed(0),
    goal === null ? '–' : String(goal),
    shorten(median(samples) / base),
  ])
  return table([head, ...rows])
}

const HEAD = ['case', 'failed', 'reloads', 'p50 ms', 'p99 ms', 'p99.9 ms', 'CPU µs/request', 'more']

/** A table of cases; latencies and CPU time are those of the median round, counts those of all rounds. */
export function renderTable(results: readonly CaseResult[]): string {
  return table([HEAD, ...results.map(row)])
}

/** Shoal and its peers side by side: failed requests in percent, and the CPU time a request of the median round. */
export function renderSideBySide(
  cases: readonly CaseResult[],
  peers: Readonly<Record<string, readonly CaseResult[]>>,
): string {
  const columns = Object.entries({ Shoal: cases, ...peers })
  const measured = cases.filter(({ name }) =>
    columns.every(([, results]) => find(results, name) !== undefined),
  )
  const rows = measured.map(({ name, title }) => [
    title,
    ...columns.map(([, results]) => shareAndCost(find(results, name))),
  ])
  return table([['failed; CPU µs/request', ...columns.map(([name]) => name)], ...rows])
}

function find(results: readonly CaseResult[], name: string): CaseResult | undefined {
  return results.find((each) => each.name === name)
}

function shareAndCost(result: CaseResult | undefined): string {
  if (result === undefined) return '–'
  const { failed, requests, rounds } = result
  const share = failed === 0 ? '0' : `${shorten((100 * failed) / requests)} %`
  return `${share}; ${shorten(median(rounds.map(({ cpuPerRequest }) => cpuPerRequest)))}`
}

function row({ title, rounds, failed, requests }: CaseResult): string[] {
  const middle = (of: (round: Round) => number): string => shorten(median(rounds.map(of)))
  const reloads = rounds.map((round) => round.reloads)
  return [
    title,
    `${failed} of ${requests}`,
    reloads.includes(null) ? '–' : String(reloads.reduce<number>((sum, count) => sum + (count ?? 0), 0)),
    middle(({ latency }) => latency.p50),
    middle(({ latency }) => latency.p99),
    middle(({ latency }) => latency.p999),
    middle(({ cpuPerRequest }) => cpuPerRequest),
    more(rounds),
  ]
}

/** Each measure as the worst of all rounds. */
function more(rounds: readonly Round[]): string {
  const names = new Set(rounds.flatMap(({ measures }) => Object.keys(measures)))
  return [...names]
    .map((name) => `${name} ${shorten(Math.max(...rounds.map(({ measures }) => measures[name] ?? 0)))}`)
    .join(', ')
}

/** Three digits are enough to compare. */
function shorten(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(3))) : '–'
}

/** A Markdown table with aligned columns; the first row is its head. */
function table(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
  )
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`
  const [head = [], ...body] = rows
  return [line(head), line(widths.map((width) => '-'.repeat(width))), ...body.map(line)].join('\n')
}
