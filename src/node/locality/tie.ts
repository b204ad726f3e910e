/**
 * A number that only the pair decides, evenly spread: settles ties alike on every run but
 * differently on every node (32-bit FNV-1a with the final mixing of MurmurHash3).
 */
export function tieOf(node: string, server: string): number {
  let hash = 0x811c9dc5
  for (const character of `${node}\n${server}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
