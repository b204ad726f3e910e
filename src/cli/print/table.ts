import { plain, textOf } from './colour.ts'
import type { Cell, Paint } from './colour.ts'

/** Rows as aligned columns, the way kubectl and docker print them; the header is bold. */
export function formatTable(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  paint: Paint = plain,
): string {
  const widths = columnWidths([header, ...rows])
  return [formatHeader(header, widths, paint), ...rows.map((row) => formatRow(row, widths, paint))].join('\n')
}

/** Characters of the longest cell of each column, whatever its colour. */
export function columnWidths(lines: readonly (readonly Cell[])[]): readonly number[] {
  const columns = Math.max(0, ...lines.map((line) => line.length))
  return Array.from({ length: columns }, (_, column) =>
    Math.max(...lines.map((line) => textOf(line[column] ?? '').length)),
  )
}

export function formatHeader(titles: readonly string[], widths: readonly number[], paint: Paint): string {
  const cells = titles.map((text): Cell => ({ text, style: 'bold' }))
  return formatRow(cells, widths, paint)
}

/** One line, without trailing blanks. */
export function formatRow(cells: readonly Cell[], widths: readonly number[], paint: Paint): string {
  return cells
    .map((cell, column) => {
      const gap = column === cells.length - 1 ? '' : ' '.repeat(padding(cell, widths[column] ?? 0))
      return (typeof cell === 'string' ? cell : paint(cell.style, cell.text)) + gap
    })
    .join('')
    .trimEnd()
}

function padding(cell: Cell, width: number): number {
  return Math.max(0, width - textOf(cell).length) + 3
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const

/** Time since `iso` (ISO 8601) in one unit: `3d`, `5h`, `12m`, `40s`. */
export function formatAge(iso: string, now: number): string {
  const ms = Math.max(0, now - Date.parse(iso))
  for (const [unit, length] of UNITS) if (ms >= 2 * length) return `${Math.floor(ms / length)}${unit}`
  return `${Math.floor(ms / 1000)}s`
}
