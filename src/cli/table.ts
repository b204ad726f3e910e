/** Rows as aligned columns, the way kubectl and docker print them. */
export function formatTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [header, ...rows]
  const widths = header.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)))
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
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
