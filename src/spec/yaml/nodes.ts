/** Finds places in a YAML document's tree of nodes. */
import { isAlias, isCollection, isMap, isNode, isPair, isScalar, isSeq } from 'yaml'
import type { Alias, Document, ParsedNode } from 'yaml'
import type { Path } from '../path.ts'

/**
 * Offset of the value at a path, or of its key. Where the path leads to nothing: of the key of the innermost field that
 * is there. A value that isn't written has its key's place, one behind an alias has the anchor's.
 */
export function offsetOf(root: Document.Parsed, path: Path, part: 'key' | 'value' = 'value'): number {
  let node: unknown = root.contents
  let key = startOf(node) ?? root.range[0]
  for (const segment of path) {
    const holder = isAlias(node) ? node.resolve(root) : node
    if (isMap(holder) && typeof segment === 'string') {
      const pair = holder.items.find((item) => keyText(item.key) === segment)
      if (pair === undefined) return key
      key = startOf(pair.key) ?? key
      node = pair.value
    } else if (isSeq(holder) && typeof segment === 'number' && segment < holder.items.length) {
      node = holder.items[segment]
      key = startOf(node) ?? key
    } else return key
  }
  return part === 'key' || isUnwritten(node) ? key : (startOf(node) ?? key)
}

/** Whether a node stands for no text at all, as the value of `hosts:` does. */
export function isUnwritten(node: unknown): boolean {
  return node === null || (isScalar(node) && node.range?.[0] === node.range?.[1] && node.value === null)
}

export interface Repeated {
  readonly path: Path
  readonly first: number
  readonly second: number
}

/** Fields that one mapping has twice. */
export function repeatedFields(node: unknown, path: Path = []): Repeated[] {
  if (isSeq(node)) return node.items.flatMap((item, index) => repeatedFields(item, [...path, index]))
  if (!isMap(node)) return []
  const seen = new Map<string, number>()
  return node.items.flatMap(({ key, value }) => {
    const name = keyText(key)
    const second = startOf(key)
    if (name === null || second === undefined) return []
    const here = [...path, name]
    const first = seen.get(name)
    if (first !== undefined) return [{ path: here, first, second }]
    seen.set(name, second)
    return repeatedFields(value, here)
  })
}

/** The first alias before which no such anchor is set, else the first alias at all. */
export function suspectAlias(
  root: ParsedNode | null,
): { readonly alias: Alias; readonly known: boolean } | null {
  const anchors = new Set<string>()
  let first: Alias | null = null
  const search = (node: unknown): Alias | null => {
    if (isAlias(node)) {
      first ??= node
      return anchors.has(node.source) ? null : node
    }
    if (isPair(node)) return search(node.key) ?? search(node.value)
    if (isNode(node) && !isAlias(node) && node.anchor !== undefined) anchors.add(node.anchor)
    if (!isCollection(node)) return null
    for (const item of node.items) {
      const unknown = search(item)
      if (unknown !== null) return unknown
    }
    return null
  }
  const unknown = search(root)
  if (unknown !== null) return { alias: unknown, known: false }
  return first === null ? null : { alias: first, known: true }
}

export function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

function keyText(key: unknown): string | null {
  return isScalar(key) && typeof key.value === 'string' ? key.value : null
}
