/** What the schema has against a value, in words: the machine's errors made into ours. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ErrorObject } from 'ajv/dist/2020.js'
import type { SpecErrorCode } from './errors.ts'
import { holdersOf, schemaAt } from './fields.ts'
import type { SchemaNode } from './json-schema.ts'
import type { ServiceManifest } from './manifest.ts'
import { nearest } from './nearest.ts'
import { valueAt } from './path.ts'
import type { Path, Violation } from './path.ts'
import { expected, fieldNames, quoted, typed } from './phrases.ts'
import { SERVICE_SCHEMA } from './schema.ts'
import { meant, ruleOf } from './text-rules.ts'

/** More errors than this in one document help nobody. */
export const MAX_ERRORS = 50

const validate = new Ajv2020({ allErrors: true, strict: true, strictRequired: false }).compile<ServiceManifest>(SERVICE_SCHEMA)

export type Validated =
  | { readonly ok: true; readonly manifest: ServiceManifest }
  | { readonly ok: false; readonly violations: readonly Violation<SpecErrorCode>[] }

/** Checks a value against the schema. At most `MAX_ERRORS` violations are told, one for each wrong value. */
export function validateManifest(value: unknown): Validated {
  if (validate(value)) return { ok: true, manifest: value }
  const told = new Set<string>()
  const errors = (validate.errors ?? []).filter(({ keyword, instancePath }) => {
    if (keyword === 'required' || keyword === 'additionalProperties') return true
    const repeated = told.has(instancePath)
    told.add(instancePath)
    return !repeated
  })
  return { ok: false, violations: errors.slice(0, MAX_ERRORS).map((error) => violation(error, value)) }
}

function violation({ keyword, instancePath, params }: ErrorObject, root: unknown): Violation<SpecErrorCode> {
  const path = pathOf(instancePath, root)
  const schema = schemaAt(path) ?? SERVICE_SCHEMA
  const value = valueAt(root, path)
  switch (keyword) {
    case 'additionalProperties':
      return unknownField(path, String(params['additionalProperty']), schema)
    case 'required':
      return missingField([...path, String(params['missingProperty'])])
    case 'type':
      return { code: 'WrongType', path, message: wrongType(value, schema) }
    case 'uniqueItems':
      return duplicate(path, Number(params['i']), Number(params['j']), value)
    case 'not': {
      const both = (schema.not?.required ?? []).join(' and ')
      return {
        code: 'InvalidValue',
        path,
        message: `found ${both}; a service has one of them, leave the other out`,
      }
    }
    default:
      return { code: 'InvalidValue', path, message: invalidValue(value, schema) }
  }
}

/** ajv's JSON pointer as a path. */
function pathOf(pointer: string, root: unknown): Path {
  const path: (string | number)[] = []
  for (const part of pointer.split('/').slice(1)) {
    const inList = Array.isArray(valueAt(root, path))
    path.push(inList ? Number(part) : part.replaceAll('~1', '/').replaceAll('~0', '~'))
  }
  return path
}

function unknownField(path: Path, name: string, schema: SchemaNode): Violation<SpecErrorCode> {
  const near = nearest(name, Object.keys(schema.properties ?? {}))
  const elsewhere = holdersOf(name)
  const hint =
    near !== null
      ? `did you mean ${near}?`
      : elsewhere.length > 0
        ? `it belongs in ${elsewhere.join(' or ')}`
        : `known here: ${fieldNames(schema)}`
  return { code: 'UnknownField', path: [...path, name], part: 'key', message: `unknown field; ${hint}` }
}

/** For a field that nothing gives. */
export function missingField(path: Path): Violation<SpecErrorCode> {
  const schema = schemaAt(path) ?? SERVICE_SCHEMA
  const example = JSON.stringify(schema.examples[0])
  const message = `missing; expected ${expected(schema)}, for example ${example}`
  return { code: 'MissingField', path, message }
}

export function duplicate(
  path: Path,
  first: number,
  second: number,
  list: unknown,
): Violation<SpecErrorCode> {
  const later = Math.max(first, second)
  const value = quoted(valueAt(list, [later]))
  const message = `found ${value} again, it is entry ${Math.min(first, second) + 1} of the list already; remove one`
  return { code: 'DuplicateValue', path: [...path, later], message }
}

function wrongType(value: unknown, schema: SchemaNode): string {
  const numeric = schema.type === 'integer' || schema.type === 'number'
  const hint = () => {
    if (value === null) return 'give it a value or leave the field out'
    if (numeric && typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
      return 'write it without quotes'
    if (
      schema.type === 'string' &&
      schema.pattern !== undefined &&
      (typeof value === 'number' || typeof value === 'boolean')
    )
      return new RegExp(schema.pattern, 'u').test(String(value)) ? 'put it in quotes' : null
    return schema.type === 'array' && typeof value === 'string' ? 'put it in brackets' : null
  }
  return [`found ${typed(value)}`, `expected ${expected(schema)}`, hint()]
    .filter((part) => part !== null)
    .join('; ')
}

function invalidValue(value: unknown, schema: SchemaNode): string {
  const rule = ruleOf(schema.pattern)
  const guess =
    typeof value !== 'string'
      ? null
      : rule === null
        ? nearest(value, (schema.enum ?? []).map(String))
        : meant(rule, value)
  const hint = guess === null ? '' : `; did you mean ${JSON.stringify(guess)}?`
  const found = Array.isArray(value) && value.length === 0 ? 'an empty list' : quoted(value)
  return `found ${found}; expected ${expected(schema)}${hint}${aside(schema, value)}`
}

/** What a person can't know from the schema alone. */
function aside(schema: SchemaNode, value: unknown): string {
  if (schema.enum?.[0] === 200)
    return ', which stands for any 2xx: Consul’s HTTP check can’t ask for one status'
  return typeof value === 'string' && value.startsWith('*.') ? '; wildcard hosts are not supported' : ''
}
