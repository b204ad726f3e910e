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
import type { ServiceManifest } from '../kinds/service/manifest.ts'
import { valueAt } from '../path.ts'
import type { Path } from '../path.ts'
import { SERVICE_SCHEMA } from '../kinds/service/schema.ts'

/** More errors than this in one document help nobody. */
export const MAX_ERRORS = 50

const validate = new Ajv2020({
  allErrors: true,
  strict: true,
  strictRequired: false,
  // It is our own, and a test checks it. Here that would take longer than all else that reads a spec.
  validateSchema: false,
}).compile<ServiceManifest>(SERVICE_SCHEMA)

export type Validated =
  | { readonly ok: true; readonly manifest: ServiceManifest }
  | { readonly ok: false; readonly violations: readonly Violation[] }

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

function violation({ keyword, instancePath, params }: ErrorObject, root: unknown): Violation {
  const path = pathOf(instancePath, root)
  const value = valueAt(root, path)
  switch (keyword) {
    case 'additionalProperties':
      return unknownField(path, String(params['additionalProperty']))
    case 'required':
      return missingField([...path, String(params['missingProperty'])])
    case 'type':
      return wrongType(path, value)
    case 'uniqueItems':
      return duplicate(path, Number(params['i']), Number(params['j']), value)
    case 'not':
      return exclusive(path)
    default:
      return invalidValue(path, value)
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
