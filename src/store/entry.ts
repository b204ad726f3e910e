/**
 * What Shoal keeps in Consul's KV. Each kind of entry has a file that alone knows its keys and how
 * its values are written. Reading trusts nothing: another version of Shoal, or a person, may have
 * written an entry.
 */
import { parseJson } from '../lib/unknown.ts'

/** What was found under a prefix. */
interface Decoded<Id extends string, T> {
  readonly entries: ReadonlyMap<Id, T>
  /** By what stands in the ID's place: why the entry can't be used. */
  readonly malformed: ReadonlyMap<string, string>
}

/** One kind of entry. */
export interface EntryKind<Id extends string, T> {
  /** All entries of the kind are under it, and no others. */
  readonly prefix: string
  /** The full key in Consul. */
  key(id: Id): string
  encode(value: T): string
  /** Reads texts by full key; what is not under the prefix is left out. Never throws. */
  decode(kv: ReadonlyMap<string, string>): Decoded<Id, T>
}

interface Definition<Id extends string, T> {
  readonly prefix: string
  /** Comes after the ID in a key. */
  readonly suffix?: string
  /** In words, for messages: `policy`. */
  readonly what: string
  /** The ID and the value from JSON of unknown form; null if it can't be used. */
  readonly read: (id: string, value: unknown) => readonly [id: Id, value: T] | null
  /** The value as plain JSON, where it is none itself. */
  readonly write?: (value: T) => unknown
}

export function entryKind<Id extends string, T>(definition: Definition<Id, T>): EntryKind<Id, T> {
  const { prefix, suffix = '', what, read, write = (value: T): unknown => value } = definition
  return {
    prefix,
    key: (id) => `${prefix}${id}${suffix}`,
    encode: (value) => JSON.stringify(write(value)),
    decode(kv) {
      const entries = new Map<Id, T>()
      const malformed = new Map<string, string>()
      for (const [key, text] of kv) {
        if (!key.startsWith(prefix)) continue
        const id = key.slice(prefix.length, key.endsWith(suffix) ? key.length - suffix.length : undefined)
        const found = key.endsWith(suffix) ? read(id, parseJson(text)) : null
        if (found === null) malformed.set(id, `${key} holds no ${what} of ${id}: ${shown(text)}`)
        else entries.set(...found)
      }
      return { entries, malformed }
    },
  }
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 80))
}
