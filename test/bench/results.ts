/** All that a run measured, as `--json` writes it, and as text. Pure. */
import type { CaseResult } from './case.ts'
import type { CliFigure } from './cli/cli.ts'
import type { LoopResult } from './loops/loop.ts'
import { scaleText } from './scale/main.ts'
import type { ScaleFigures } from './scale/main.ts'
import { renderCli, renderComparison, renderLoops, renderSideBySide, renderTable } from './table.ts'
import { compare } from './throughput/ratio.ts'
import type { Contest, Speed } from './throughput/ratio.ts'

export interface Results {
  readonly cases: readonly CaseResult[]
  /** The same cases with other proxies, by their names. */
  readonly peers: Readonly<Record<string, readonly CaseResult[]>>
  readonly loops: readonly LoopResult[]
  /** Null if it was not asked for. */
  readonly throughput: Contest<readonly Speed[]> | null
  /** Empty if it was not asked for. */
  readonly cli: readonly CliFigure[]
  /** Null if it was not asked for. */
  readonly scale: ScaleFigures | null
}

/** The tables of what there is, each followed by an empty line. */
export function render({ cases, peers, loops, throughput, cli, scale }: Results): string {
  const tables = [
    ...(cases.length > 0 ? [renderTable(cases)] : []),
    ...Object.entries(peers).map(([name, results]) => `${name}\n\n${renderTable(results)}`),
    ...(Object.keys(peers).length > 0 ? [renderSideBySide(cases, peers)] : []),
    ...(loops.length > 0 ? [renderLoops(loops)] : []),
    ...(throughput === null ? [] : [renderComparison(compare(throughput))]),
    ...(cli.length > 0 ? [renderCli(cli)] : []),
    ...(scale === null ? [] : [scaleText(scale)]),
  ]
  return tables.map((text) => `${text}\n`).join('\n')
}
