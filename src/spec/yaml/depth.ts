import type { CST } from 'yaml'

/**
 * Offset of the first list or mapping that lies deeper than `limit` levels, null if none does. It looks at tokens, before
 * nodes are made of them: the yaml package recurses there, and can take minutes on input that overflows its stack.
 */
export function tooDeep(tokens: readonly CST.Token[], limit: number): number | null {
  let level = tokens.flatMap((token) => (token.type === 'document' ? (token.value ?? []) : []))
  for (let depth = 0; depth <= limit; depth += 1) level = level.flatMap(inside)
  return level[0]?.offset ?? null
}

function inside(token: CST.Token): CST.Token[] {
  if (token.type !== 'block-map' && token.type !== 'block-seq' && token.type !== 'flow-collection') return []
  return token.items.flatMap(({ key, value }) => [key ?? [], value ?? []].flat())
}
