/** Reading what another version of Shoal may have written: nothing about it is certain. */

/** Null for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Whether it is an object with a text in this field. */
export function hasText<F extends string>(
  value: unknown,
  field: F,
): value is { readonly [field in F]: string } {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, field) === 'string'
}
