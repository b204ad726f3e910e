import { SERVICE } from './kinds/service/index.ts'

/** The schema as editors read it. */
export function publishedSchema(): string {
  return `${JSON.stringify(SERVICE.schema, null, 2)}\n`
}
