import { UserError } from '../exit.ts'
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
  /** True for history: an entry that drops out of the list is not printed as deleted. */
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

/** What of a kind is asked for. */
export interface Selection {
  /** None for all. */
  readonly names: readonly string[]
  /** Null for all. */
  readonly namespace: string | null
}

type Named<V> = Pick<Kind<V>, 'name' | 'id' | 'names' | 'namespace'>

/** Those that are asked for. */
export function selected<V>(views: readonly V[], kind: Named<V>, { names, namespace }: Selection): V[] {
  return views.filter((view) => {
    const own = kind.namespace(view)
    const isThere = namespace === null || own === null || own === namespace
    return isThere && (names.length === 0 || kind.names(view).some((name) => names.includes(name)))
  })
}

/** Throws UserError for the first name that none of them has; it says which there are. */
export function requireNamed<V>(views: readonly V[], kind: Named<V>, { names, namespace }: Selection): void {
  const there = selected(views, kind, { names: [], namespace })
  const missing = names.find((name) => !there.some((view) => kind.names(view).includes(name)))
  if (missing === undefined) return
  const where = namespace === null ? '' : ` in namespace ${namespace}`
  const known = there.map((view) => kind.id(view)).join(', ')
  throw new UserError(`no ${kind.name} ${missing}${where}; there are: ${known || 'none'}`)
}

/** The one of that name. Throws UserError if there is none, or several in different namespaces. */
export function requireOne<V>(
  views: readonly V[],
  kind: Named<V>,
  name: string,
  namespace: string | null,
): V {
  const selection = { names: [name], namespace }
  requireNamed(views, kind, selection)
  const [found, ...others] = selected(views, kind, selection)
  if (found !== undefined && others.length === 0) return found
  const known = [found, ...others].flatMap((view) => (view === undefined ? [] : [kind.id(view)]))
  throw new UserError(`${kind.name} ${name} is in several namespaces: name one of ${known.join(', ')}`)
}
