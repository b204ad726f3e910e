/** Way from a document's root to a value: field names and list indexes. */
import { fieldOf } from '../lib/unknown.ts'

export type Path = readonly (string | number)[]

/** `['spec', 'ports', 0, 'a b']` → `spec.ports[0]["a b"]`. */
export function formatPath(path: Path): string {
  return path.reduce<string>((text, segment) => {
    if (typeof segment === 'number') return `${text}[${segment}]`
    if (!/^[\w$-]{1,64}$/.test(segment)) return `${text}[${JSON.stringify(shorten(segment))}]`
    return text === '' ? segment : `${text}.${segment}`
  }, '')
}

/** The value at a path; undefined where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, segment) => fieldOf(value, segment), root)
}

/** Keeps what users wrote from flooding a message. */
export function shorten(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
