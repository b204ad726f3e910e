import { stringify } from 'yaml'

export const FORMATS = ['table', 'json', 'yaml'] as const
export type Format = (typeof FORMATS)[number]

/** Data in the format that `-o` asks for; `table` makes what people read. */
export function formatOutput(data: unknown, format: Format, table: () => string): string {
  switch (format) {
    case 'table':
      return table()
    case 'json':
      return JSON.stringify(data, null, 2)
    case 'yaml':
      return stringify(data).trimEnd()
  }
}

/** An error that is the user's to mend: shown without a stack trace, exit code 1. */
export class UserError extends Error {
  override readonly name = 'UserError'
}
