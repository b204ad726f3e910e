import type { Log } from '../lib/log.ts'

/** Prints on standard error what is amiss while a command follows changes. */
export const WARNINGS: Log = {
  info: (_, event) => console.error(event),
  warn: (fields, event) => console.error(`${event} (${reasonOf(fields)})`),
  error: (fields, event) => console.error(`${event} (${reasonOf(fields)})`),
}

function reasonOf(fields: object): string {
  return 'reason' in fields ? String(fields.reason) : ''
}
