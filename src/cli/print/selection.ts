import type { Kind } from './kind.ts'
import { UserError } from './output.ts'

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
export function theOne<V>(views: readonly V[], kind: Named<V>, name: string, namespace: string | null): V {
  const selection = { names: [name], namespace }
  requireNamed(views, kind, selection)
  const [found, ...others] = selected(views, kind, selection)
  if (found !== undefined && others.length === 0) return found
  const known = [found, ...others].flatMap((view) => (view === undefined ? [] : [kind.id(view)]))
  throw new UserError(`${kind.name} ${name} is in several namespaces: name one of ${known.join(', ')}`)
}
