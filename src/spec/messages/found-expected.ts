/**
 * The errors a field can have, in words: what was found, what is expected, and what was probably meant.
 * `root` is the schema of the whole document.
 */
import type { Violation } from './errors.ts'
import { holdersOf, isRequired, schemaAt } from '../fields.ts'
import type { SchemaNode } from '../json-schema.ts'
import { nearest } from './nearest.ts'
import { valueAt } from '../path.ts'
import type { Path } from '../path.ts'
import { expected, fieldNames, quoted, typed } from './phrases.ts'
import { meant, ruleOf } from './string-forms.ts'

/** A field `name` in the object at `path` that the schema does not have. */
export function unknownField(root: SchemaNode, path: Path, name: string): Violation {
  const schema = schemaOf(root, path)
  const near = nearest(name, Object.keys(schema.properties ?? {}))
  const elsewhere = holdersOf(root, name)
  const hint = () => {
    if (near !== null) return `did you mean ${near}?`
    return elsewhere.length > 0
      ? `it belongs in ${elsewhere.join(' or ')}`
      : `known here: ${fieldNames(schema)}`
  }
  return { code: 'UnknownField', path: [...path, name], part: 'key', message: `unknown field; ${hint()}` }
}

/** A field that nothing gives; `path` is where it would be. */
export function missingField(root: SchemaNode, path: Path): Violation {
  const schema = schemaOf(root, path)
  const example = schema.enum === undefined ? `, for example ${JSON.stringify(schema.examples[0])}` : ''
  const message = `missing; expected ${schema.type === 'object' ? 'an object' : expected(schema)}${example}`
  return { code: 'MissingField', path, message }
}

/** The later of two equal entries of the list at `path`. */
export function duplicate(path: Path, first: number, second: number, list: unknown): Violation {
  const later = Math.max(first, second)
  const found = quoted(valueAt(list, [later]))
  const message = `found ${found} again, it is entry ${Math.min(first, second) + 1} of the list already; remove one`
  return { code: 'DuplicateValue', path: [...path, later], message }
}

/** Fields of the object at `path` that exclude each other. */
export function exclusive(root: SchemaNode, path: Path): Violation {
  const both = schemaOf(root, path).not?.required.join(' and ')
  return { code: 'InvalidValue', path, message: `found ${both}; expected one of them: leave the other out` }
}

export function wrongType(root: SchemaNode, path: Path, value: unknown): Violation {
  const schema = schemaOf(root, path)
  const advice =
    value === null ? adviceForNothing(schema, isRequired(root, path)) : adviceForType(value, schema)
  const message = [`found ${typed(value)}`, `expected ${expected(schema)}`, ...advice].join('; ')
  return { code: 'WrongType', path, message }
}

function adviceForNothing({ type, required }: SchemaNode, isNeeded: boolean): string[] {
  if (isNeeded) return []
  return [`${type === 'object' && required === undefined ? 'write {}' : 'give it a value'}, or remove it`]
}

function adviceForType(value: unknown, { type, pattern }: SchemaNode): string[] {
  if (typeof value === 'string') {
    if (type === 'array') return ['put it in brackets']
    const numeric = value.trim() !== '' && Number.isFinite(Number(value))
    return numeric && (type === 'integer' || type === 'number') ? ['write it without quotes'] : []
  }
  if (pattern === undefined || (typeof value !== 'number' && typeof value !== 'boolean')) return []
  return new RegExp(pattern, 'u').test(String(value)) ? ['put it in quotes'] : []
}

export function invalidValue(root: SchemaNode, path: Path, value: unknown): Violation {
  const schema = schemaOf(root, path)
  const guess = typeof value === 'string' ? guessFrom(value, schema) : null
  const hint = guess === null ? '' : `; did you mean ${JSON.stringify(guess)}?`
  const found = Array.isArray(value) && value.length === 0 ? 'an empty list' : quoted(value)
  const message = `found ${found}; expected ${expected(schema)}${hint}${aside(value, schema)}`
  return { code: 'InvalidValue', path, message }
}

function guessFrom(value: string, { pattern, enum: allowed = [] }: SchemaNode): string | null {
  const rule = ruleOf(pattern)
  return rule === null ? nearest(value, allowed.map(String)) : meant(rule, value)
}

/** What a person can't know from the schema alone. */
function aside(value: unknown, { enum: allowed }: SchemaNode): string {
  if (allowed?.[0] === 200) return ', which stands for any 2xx: Consul’s HTTP check can’t ask for one status'
  return typeof value === 'string' && value.startsWith('*.') ? '; wildcard hosts are not supported' : ''
}

function schemaOf(root: SchemaNode, path: Path): SchemaNode {
  return schemaAt(root, path) ?? root
}
