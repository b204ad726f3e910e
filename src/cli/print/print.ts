/** What `shoal get` prints: all things of a kind at once, or as they change. */
import { concatMap, from } from 'rxjs'
import type { Observable } from 'rxjs'
import { stringify } from 'yaml'
import { textOf } from './colour.ts'
import type { Cell, Paint } from './colour.ts'
import type { Column, Kind } from './kind.ts'
import type { ListFormat } from './formats.ts'
import { columnWidths, formatHeader, formatRow, formatTable } from './table.ts'
import { sameContent } from '../../lib/same.ts'

export interface Printing {
  readonly format: ListFormat
  readonly paint: Paint
  /** ms since the epoch */
  readonly clock: () => number
}

/** All of them at once. */
export function printList<V>(views: readonly V[], kind: Kind<V>, { format, paint, clock }: Printing): string {
  if (format === 'name') return views.map((view) => nameOf(view, kind)).join('\n')
  if (format === 'json') return JSON.stringify(views, null, 2)
  if (format === 'yaml') return stringify(views).trimEnd()
  const shown = shownColumns(kind.columns(views), format)
  return formatTable(
    shown.map(({ title }) => title),
    views.map((view) => rowOf(view, shown, clock())),
    paint,
  )
}

/**
 * All of them at first, then a line for each whose row changed (with `json` and `yaml`: a document
 * for each that changed), as kubectl does. One that is gone is said to be `deleted`.
 */
export function printChanges<V extends object>(
  views$: Observable<readonly V[]>,
  kind: Kind<V>,
  printing: Printing,
): Observable<string> {
  const next = nextTexts(kind, printing)
  return views$.pipe(concatMap((views) => from(next(views))))
}

function nextTexts<V extends object>(kind: Kind<V>, printing: Printing): Next<V> {
  const { format } = printing
  if (format === 'json' || format === 'yaml') return documents(kind, format)
  return format === 'name' ? names(kind) : lines(kind, printing)
}

type Next<V> = (views: readonly V[]) => readonly string[]

function documents<V extends object>(kind: Kind<V>, format: 'json' | 'yaml'): Next<V> {
  const write = (data: object) =>
    format === 'json' ? JSON.stringify(data) : `---\n${stringify(data).trimEnd()}`
  const compare = comparing(kind, (view) => view)
  return (views) => {
    const { changed, gone } = compare(views)
    return [...changed.map(write), ...gone.map((view) => write({ ...view, deleted: true }))]
  }
}

function names<V>(kind: Kind<V>): Next<V> {
  const compare = comparing(kind, (view) => view)
  return (views) => {
    const { changed, gone } = compare(views)
    return [...changed, ...gone].map((view) => nameOf(view, kind))
  }
}

/**
 * Columns are as wide as the first table needs. Where other columns are due, a new table begins.
 */
function lines<V>(kind: Kind<V>, { format, paint, clock }: Printing): Next<V> {
  let header: readonly string[] = []
  let widths: readonly number[] = []
  let shown: readonly Column<V>[] = []
  // Ages alone are no news.
  let compare = comparing(kind, (view) => rowOf(view, shown, 0))
  return (views) => {
    const now = clock()
    const columns = shownColumns(kind.columns(views), format)
    const titles = columns.map(({ title }) => title)
    const isNew = titles.join() !== header.join() && (header.length === 0 || views.length > 0)
    if (isNew) {
      header = titles
      shown = columns
      widths = columnWidths([titles, ...views.map((view) => rowOf(view, shown, now))])
      compare = comparing(kind, (view) => rowOf(view, shown, 0))
    }
    const { changed, gone } = compare(views)
    const rows = [
      ...changed.map((view) => rowOf(view, shown, now)),
      ...gone.map((view) => deletedRow(rowOf(view, shown, now), shown)),
    ]
    return [
      ...(isNew ? [formatHeader(header, widths, paint)] : []),
      ...rows.map((row) => formatRow(row, widths, paint)),
    ]
  }
}

/** Says of each list what is new or looks different than in the list before, and what is gone. */
function comparing<V>(kind: Kind<V>, look: (view: V) => unknown) {
  let known = new Map<string, V>()
  return (views: readonly V[]): { readonly changed: readonly V[]; readonly gone: readonly V[] } => {
    const before = known
    known = new Map(views.map((view) => [kind.id(view), view]))
    const changed = views.filter((view) => {
      const old = before.get(kind.id(view))
      return old === undefined || !sameContent(look(old), look(view))
    })
    const gone = kind.isHistory === true ? [] : [...before].filter(([id]) => !known.has(id))
    return { changed, gone: gone.map(([, view]) => view) }
  }
}

function shownColumns<V>(columns: readonly Column<V>[], format: ListFormat): readonly Column<V>[] {
  return columns.filter(({ wide }) => wide !== true || format === 'wide')
}

function rowOf<V>(view: V, columns: readonly Column<V>[], now: number): Cell[] {
  return columns.map(({ cell }) => cell(view, now))
}

function deletedRow<V>(row: readonly Cell[], columns: readonly Column<V>[]): Cell[] {
  const kept = row.map((cell, index) => (columns[index]?.isKey === true ? textOf(cell) : '-'))
  return [...kept.slice(0, -1), 'deleted']
}

function nameOf<V>(view: V, kind: Kind<V>): string {
  return `${kind.name}/${kind.id(view)}`
}
