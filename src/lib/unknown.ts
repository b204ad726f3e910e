/**
 * Reading JSON that somebody else wrote: Consul, Docker, another version of Shoal. Nothing about it
 * is certain, and nothing here throws.
 */

export type JsonObject = Readonly<Record<string, unknown>>

/** Null for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

/** Whether it is an object, and no list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The empty object for anything else. */
export function asObject(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}

/** The empty list for anything else. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The empty text for anything else. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

/** Null for anything else. */
export function asNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

/** A field of an object, or an item of a list; undefined where there is none. */
export function fieldOf(value: unknown, name: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined
  return Reflect.get(value, name)
}

/** Whether each item of a list passes; false for anything but a list. */
export function isListOf<T>(value: unknown, isItem: (item: unknown) => item is T): value is readonly T[]
export function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean
export function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every((item) => isItem(item))
}

/** The one of these texts that it is; undefined if it is none of them. */
export function oneOf<T extends string>(known: readonly T[], value: unknown): T | undefined {
  return known.find((candidate) => candidate === value)
}
