/** Puts values and schemas into words: the "found …" and "expected …" of error messages. */
import type { SchemaNode } from '../json-schema.ts'
import { shorten } from '../path.ts'
import { ruleOf } from './string-forms.ts'

/** A value's type and, where it is short, the value: `string "80"`, `a list`, `nothing`. */
export function typed(value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return `${typeof value} ${quoted(value)}`
  }
  if (Array.isArray(value)) return 'a list'
  return typeof value === 'object' && value !== null ? 'an object' : 'nothing'
}

/** A value of a type that was expected. */
export function quoted(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(shorten(value))
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : typed(value)
}

/** What a schema asks for. */
export function expected(schema: SchemaNode): string {
  const { type, enum: allowed, pattern, minimum, maximum, minItems } = schema
  if (allowed !== undefined) return `${allowed.length > 1 ? 'one of ' : ''}${allowed.map(quoted).join(', ')}`
  if (type === 'object') return `an object with ${fieldNames(schema)}`
  if (type === 'array') return minItems === undefined ? 'a list' : 'a list with at least one entry'
  if (type === 'string') return ruleOf(pattern)?.expected ?? 'a string'
  return `${type === 'integer' ? 'an integer' : 'a number'} from ${minimum} to ${maximum}`
}

export function fieldNames({ properties = {} }: SchemaNode): string {
  return Object.keys(properties).join(', ')
}
