import type { Cell } from './colour.ts'

/** A kind of thing that `shoal get` lists. `V` is one of them as `-o json` shows it. */
export interface Kind<V> {
  /** For `-o name` and for messages: `service`. */
  readonly name: string
  /** Tells one from all others: `hello/www`. */
  readonly id: (view: V) => string
  /** Names that people may ask for it by. */
  readonly names: (view: V) => readonly string[]
  /** Null for what is in none. */
  readonly namespace: (view: V) => string | null
  /** Set of what is over and done with: that one is gone from the list is no news. */
  readonly isHistory?: true
  /** Columns of a table of these. */
  readonly columns: (views: readonly V[]) => readonly Column<V>[]
}

export interface Column<V> {
  readonly title: string
  /** `now` is ms since the epoch. */
  readonly cell: (view: V, now: number) => Cell
  /** Only shown by `-o wide`. */
  readonly wide?: true
  /** Shown of what is gone, too. */
  readonly isKey?: true
}
