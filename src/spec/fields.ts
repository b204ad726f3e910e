import type { SchemaNode } from './json-schema.ts'
import type { Path } from './path.ts'

/** The schema that holds for a value at this path of a document with the schema `root`; undefined where that has no such field. */
export function schemaAt(root: SchemaNode, path: Path): SchemaNode | undefined {
  return path.reduce<SchemaNode | undefined>((schema, segment) => {
    if (typeof segment === 'number') return schema?.items
    const fields = schema?.properties ?? {}
    return Object.hasOwn(fields, segment) ? fields[segment] : undefined
  }, root)
}

/** Whether the object that holds the field at this path can't do without it. */
export function isRequired(root: SchemaNode, path: Path): boolean {
  return schemaAt(root, path.slice(0, -1))?.required?.includes(String(path.at(-1))) ?? false
}

/** Fields that have a field of this name in them, for example `path` → `['spec.health.http']`. */
export function holdersOf(root: SchemaNode, name: string): readonly string[] {
  return holders(name, root, '')
}

function holders(name: string, { properties = {}, items }: SchemaNode, at: string): string[] {
  const here = at !== '' && Object.hasOwn(properties, name) ? [at] : []
  const below = Object.entries(properties).flatMap(([key, schema]) =>
    holders(name, schema, at === '' ? key : `${at}.${key}`),
  )
  return [...here, ...below, ...(items === undefined ? [] : holders(name, items, `${at}[]`))]
}
