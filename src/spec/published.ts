import { SERVICE_SCHEMA } from './kinds/service/schema.ts'

/** The schema as editors read it. */
export function publishedSchema(): string {
  return `${JSON.stringify(SERVICE_SCHEMA, null, 2)}\n`
}
