import type { Cell, Paint } from './colour.ts'
import { formatRow, formatTable } from './table.ts'

/** A part of what `shoal describe` prints. */
export type Section = readonly [title: string, body: string]

/** Names and values, one a line, the values below each other. */
export function formatFields(
  fields: readonly (readonly [name: string, value: Cell])[],
  paint: Paint,
): string {
  const widths = [Math.max(...fields.map(([name]) => name.length + 1))]
  return fields.map(([name, value]) => formatRow([`${name}:`, value], widths, paint)).join('\n')
}

/** A table, or a word for one without rows. */
export function formatList(
  header: readonly string[],
  rows: readonly (readonly Cell[])[],
  paint: Paint,
): string {
  return rows.length === 0 ? 'none' : formatTable(header, rows, paint)
}

/** Sections with bold titles, indented below them. */
export function formatSections(sections: readonly Section[], paint: Paint): string {
  return sections.map(([title, body]) => `${paint('bold', `${title}:`)}\n${indented(body)}`).join('\n\n')
}

function indented(text: string): string {
  return text.replaceAll(/^(?=.)/gm, '  ')
}
