/** Checks a value against the schema, and makes the checker's errors ours. */
import { Ajv2020 } from 'ajv/dist/2020.js'
import type { ErrorObject } from 'ajv/dist/2020.js'
import {
  duplicate,
  exclusive,
  invalidValue,
  missingField,
  unknownField,
  wrongType,
} from './found-expected.ts'
import type { Violation } from './errors.ts'
import type { SchemaNode } from '../json-schema.ts'
import { valueAt } from '../path.ts'
import type { Path } from '../path.ts'

/** More errors than this in one document help nobody. */
export const MAX_ERRORS = 50

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  // They are our own, and a test checks them. Here that would take longer than all else that reads a spec.
  validateSchema: false,
})

export type Validated<Manifest> =
  | { readonly ok: true; readonly manifest: Manifest }
  | { readonly ok: false; readonly violations: readonly Violation[] }

/**
 * Checks a value against the schema of a `Manifest`. At most `MAX_ERRORS` violations are told, one for
 * each wrong value.
 */
export function validateManifest<Manifest>(schema: SchemaNode, value: unknown): Validated<Manifest> {
  // ajv compiles a schema once.
  const validate = ajv.compile<Manifest>(schema)
  if (validate(value)) return { ok: true, manifest: value }
  const told = new Set<string>()
  const errors = (validate.errors ?? []).filter(({ keyword, instancePath }) => {
    if (keyword === 'required' || keyword === 'additionalProperties') return true
    const repeated = told.has(instancePath)
    told.add(instancePath)
    return !repeated
  })
  const violations = errors.slice(0, MAX_ERRORS).map((error) => violation(schema, error, value))
  return { ok: false, violations }
}

function violation(
  schema: SchemaNode,
  { keyword, instancePath, params }: ErrorObject,
  root: unknown,
): Violation {
  const path = pathOf(instancePath, root)
  const value = valueAt(root, path)
  switch (keyword) {
    case 'additionalProperties':
      return unknownField(schema, path, String(params['additionalProperty']))
    case 'required':
      return missingField(schema, [...path, String(params['missingProperty'])])
    case 'type':
      return wrongType(schema, path, value)
    case 'uniqueItems':
      return duplicate(path, Number(params['i']), Number(params['j']), value)
    case 'not':
      return exclusive(schema, path)
    default:
      return invalidValue(schema, path, value)
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
