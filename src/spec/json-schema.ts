import type { TextRule } from './messages/string-forms.ts'

/** The part of JSON Schema 2020-12 that the schema uses. */
export interface SchemaNode {
  readonly $schema?: string
  readonly title?: string
  readonly type: 'object' | 'array' | 'string' | 'integer' | 'number'
  readonly description: string
  readonly default?: unknown
  readonly examples: readonly unknown[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly additionalProperties?: false
  readonly not?: { readonly required: readonly string[] }
  readonly items?: SchemaNode
  readonly minItems?: number
  readonly uniqueItems?: true
  readonly enum?: readonly (string | number)[]
  readonly pattern?: string
  readonly minLength?: number
  readonly maxLength?: number
  readonly minimum?: number
  readonly maximum?: number
}

/** A string of this form. */
export const text = ({ pattern, maxLength }: TextRule) =>
  ({ type: 'string', minLength: 1, maxLength, pattern }) as const

/** An object of known fields alone. */
export const object = { type: 'object', additionalProperties: false } as const

/** A TCP port. */
export const port = { type: 'integer', minimum: 1, maximum: 65535 } as const
