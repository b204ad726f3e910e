import { asList, asObject, asText } from '../lib/unknown.ts'
import { ask } from './call.ts'
import type { ConsulApi } from './call.ts'

/** ms: a write waits for a majority of the servers. */
const KV_TIMEOUT = 5000

/**
 * Key-value pairs of all of Consul. Every call rejects with ConsulError, after 5 s at the latest.
 */
export interface ConsulKv {
  /** All values under a prefix, by their full key. */
  read(prefix: string): Promise<ReadonlyMap<string, string>>
  put(key: string, value: string): Promise<void>
  /** A key that isn't there is fine. */
  delete(key: string): Promise<void>
}

export function consulKv(api: ConsulApi): ConsulKv {
  const { kv } = api.npm
  const limits = { timeout: KV_TIMEOUT }
  return {
    async read(prefix) {
      const { body } = await ask(api, `reading keys under ${prefix}`, limits, (options) =>
        kv.get({ key: prefix, recurse: true, ...options }),
      )
      return decodeKv(body)
    },
    async put(key, value) {
      await ask(api, `writing key ${key}`, limits, (options) => kv.set({ key, value, ...options }))
    },
    async delete(key) {
      await ask(api, `deleting key ${key}`, limits, (options) => kv.del({ key, ...options }))
    },
  }
}

/**
 * From an answer of `/v1/kv/<prefix>?recurse`, its values decoded by the npm client; nothing under
 * a prefix is no answer.
 */
export function decodeKv(answer: unknown): ReadonlyMap<string, string> {
  const entries = asList(answer).map((entry) => asObject(entry))
  return new Map(entries.map(({ Key, Value }) => [asText(Key), asText(Value)]))
}
