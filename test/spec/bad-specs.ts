/** What the tables of bad specs are made of. */
import type { SpecErrorCode } from '../../src/spec/messages/errors.ts'
import type { SpecContext } from '../../src/spec/parse.ts'
import { FILE } from './documents.ts'

type ExpectedError = readonly [code: SpecErrorCode, place: string, field: string, says: string]

export interface BadSpec {
  readonly what: string
  readonly text: string
  readonly errors: readonly ExpectedError[]
  readonly context: SpecContext
}

export function bad(
  what: string,
  text: string,
  errors: readonly ExpectedError[],
  context: SpecContext = FILE,
): BadSpec {
  return { what, text, errors, context }
}
