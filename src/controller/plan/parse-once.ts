import { parseSpec } from '../../spec/parse.ts'
import type { ParsedSpec, SpecContext } from '../../spec/parse.ts'

const CAPACITY = 2000
const parsed = new Map<string, ParsedSpec>()

/** `parseSpec`, remembered: while anything moves, the same few texts are read five times a second. */
export function parseOnce(text: string, context: SpecContext): ParsedSpec {
  const { source, stack, service } = context
  const key = [source, stack ?? '', service ?? '', text].join('\0')
  const known = parsed.get(key)
  if (known !== undefined) return known
  const [oldest] = parsed.keys()
  if (oldest !== undefined && parsed.size >= CAPACITY) parsed.delete(oldest)
  const result = parseSpec(text, context)
  parsed.set(key, result)
  return result
}
