import { REASONS } from '../../model/reasons.ts'
import type { Reason } from '../../model/reasons.ts'
import { SPEC_ERRORS } from '../../spec/messages/errors.ts'
import { holdersOf } from '../../spec/fields.ts'
import type { SchemaNode } from '../../spec/json-schema.ts'
import { nearest } from '../../spec/messages/nearest.ts'
import { expected, fieldNames } from '../../spec/messages/phrases.ts'
import { SERVICE } from '../../spec/kinds/service/index.ts'
import { explanation, fieldsOf, requiredOf } from '../print/explain-text.ts'
import { UserError } from '../exit.ts'

/** `shoal explain`: needs no cluster. `topic` is empty for the whole of a spec. */
export function explain(topic: string, recursive: boolean): void {
  console.log(explainTopic(topic, recursive))
}

/**
 * The explanation of a field (empty for the whole of a spec) or of a reason. Throws UserError,
 * naming what was probably meant.
 */
export function explainTopic(topic: string, recursive: boolean): string {
  const code = [...CODES.keys()].find((each) => each.toLowerCase() === topic.toLowerCase())
  if (code !== undefined) return explainCode(code)
  const names = topic.split('.').map((name) => name.replace(/\[\d*\]$/, ''))
  const [first = ''] = names
  const path = [SERVICE.kind, `${SERVICE.kind}s`].some((each) => each.toLowerCase() === first.toLowerCase())
    ? names.slice(1)
    : names
  return explainField(path.join('.') === '' ? [] : path, recursive)
}

/** Every code that Shoal tells people: reasons of conditions, and errors of specs. */
const CODES: ReadonlyMap<string, string> = new Map(Object.entries({ ...SPEC_ERRORS, ...REASONS }))

function explainCode(code: string): string {
  const kind = isReason(code) ? 'REASON' : 'ERROR'
  return [`${kind}:  ${code}`, '', 'DESCRIPTION:', `    ${CODES.get(code)}`].join('\n')
}

function isReason(code: string): code is Reason {
  return Object.hasOwn(REASONS, code)
}

/** Names of all fields, as `explain` takes them: `spec.ports.port`. */
export function fieldPaths(): readonly string[] {
  const below = (schema: SchemaNode, path: string): string[] =>
    Object.entries(fieldsOf(schema)).flatMap(([name, field]) => {
      const own = path === '' ? name : `${path}.${name}`
      return [own, ...below(field, own)]
    })
  return below(SERVICE.schema, '')
}

/** Codes that `explain` takes. */
export function codes(): readonly string[] {
  return [...CODES.keys()]
}

function explainField(path: readonly string[], recursive: boolean): string {
  const schema = follow(path)
  const name = path.at(-1)
  const required = name !== undefined && requiredOf(follow(path.slice(0, -1))).includes(name)
  return explanation(path.join('.'), schema, { required, recursive })
}

/** The schema at a path of names; those of a list's entries follow the list's own. */
function follow(path: readonly string[]): SchemaNode {
  let schema: SchemaNode = SERVICE.schema
  for (const [index, name] of path.entries()) {
    const fields = fieldsOf(schema)
    const next = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (next === undefined) throw unknown(path, index, schema)
    schema = next
  }
  return schema
}

function unknown(path: readonly string[], index: number, holder: SchemaNode): UserError {
  const name = path[index] ?? ''
  const before = path.slice(0, index)
  const at = before.length === 0 ? 'a spec' : before.join('.')
  const near = nearest(name, Object.keys(fieldsOf(holder)))
  const meant = (own: string) => [...before, own, ...path.slice(index + 1)].join('.')
  const elsewhere =
    index === 0
      ? holdersOf(SERVICE.schema, name).map((each) => `${each.replaceAll('[]', '')}.${path.join('.')}`)
      : []
  const code = index === 0 ? nearest(name, codes()) : null
  return new UserError(`${at} has no field ${name}; ${hint()}`)

  function hint(): string {
    if (elsewhere.length > 0) return `did you mean ${elsewhere.join(' or ')}?`
    if (near !== null) return `did you mean ${meant(near)}?`
    if (code !== null) return `did you mean ${code}?`
    const known = fieldNames({ ...holder, properties: fieldsOf(holder) })
    return known === '' ? `it is ${expected(holder)}` : `it has ${known}`
  }
}
