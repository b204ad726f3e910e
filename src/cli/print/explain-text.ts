import type { SchemaNode } from '../../spec/json-schema.ts'
import { expected } from '../../spec/messages/phrases.ts'
import { API_VERSION, SERVICE_KIND } from '../../model/spec-format.ts'

const WIDTH = 76

export interface ExplainOptions {
  readonly required: boolean
  /** Whether the fields of fields are listed too, without their descriptions. */
  readonly recursive: boolean
}

/**
 * What the schema says of the field at `path` (empty for the whole document), the way kubectl
 * writes it.
 */
export function explanation(
  path: string,
  schema: SchemaNode,
  { required, recursive }: ExplainOptions,
): string {
  const head = [`KIND:     ${SERVICE_KIND}`, `VERSION:  ${API_VERSION}`, '']
  const field = path === '' ? [] : [`FIELD:    ${title(path, schema, required)}`, '']
  return [...head, ...field, ...details(schema), ...fieldsBlock(schema, recursive)].join('\n').trimEnd()
}

/** The fields of an object, or of the entries of a list. */
export function fieldsOf({ properties, items }: SchemaNode): Readonly<Record<string, SchemaNode>> {
  return properties ?? items?.properties ?? {}
}

/** Those of these fields that must be given. */
export function requiredOf({ required, items }: SchemaNode): readonly string[] {
  return required ?? items?.required ?? []
}

/** Description, default, values and examples, as far as there are any. */
function details(schema: SchemaNode): string[] {
  const { description, default: standard, items, examples } = schema
  const entries = items === undefined ? [] : [items.description]
  return [
    ...block('DESCRIPTION', [description, ...entries.map((each) => `Each entry: ${each}`)]),
    ...block('DEFAULT', standard === undefined ? [] : [JSON.stringify(standard)]),
    ...block('VALUES', values(schema)),
    ...block(
      'EXAMPLES',
      examples.map((each) => JSON.stringify(each)),
    ),
  ]
}

function values(schema: SchemaNode): string[] {
  const { type, items, enum: allowed } = schema
  if (allowed !== undefined) return allowed.map(String)
  if (type === 'object' || items?.type === 'object') return []
  return [items === undefined ? expected(schema) : `each ${expected(items)}`]
}

function fieldsBlock(schema: SchemaNode, recursive: boolean): string[] {
  const below = (holder: SchemaNode, indent: string): string[] =>
    Object.entries(fieldsOf(holder)).flatMap(([name, field]) => {
      const line = `${indent}${title(name, field, requiredOf(holder).includes(name))}`
      if (recursive) return [line, ...below(field, `${indent}  `)]
      return [line, ...wrap(field.description).map((each) => `${indent}  ${each}`), '']
    })
  const lines = below(schema, '  ')
  return lines.length === 0 ? [] : ['FIELDS:', ...lines]
}

function title(name: string, schema: SchemaNode, required: boolean): string {
  return `${name} <${typeOf(schema)}>${required ? ' -required-' : ''}`
}

function typeOf({ type, items }: SchemaNode): string {
  return type === 'array' && items !== undefined ? `[]${typeOf(items)}` : type
}

function block(name: string, lines: readonly string[]): string[] {
  if (lines.length === 0) return []
  return [`${name}:`, ...lines.flatMap(wrap).map((line) => `    ${line}`), '']
}

function wrap(text: string): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > WIDTH) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
