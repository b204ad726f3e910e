import { ask, type ConsulClient } from './client.ts'
import { asList, asObject, asText } from '../lib/unknown.ts'

/** ms: a write waits for a majority of the servers. */
const KV_TIMEOUT = 5000

export async function putKv(client: ConsulClient, key: string, value: string): Promise<void> {
  await ask(client, `writing key ${key}`, { timeout: KV_TIMEOUT }, (options) =>
    client.api.kv.set({ key, value, ...options }),
  )
}

/** A key that isn't there is fine. */
export async function deleteKv(client: ConsulClient, key: string): Promise<void> {
  await ask(client, `deleting key ${key}`, { timeout: KV_TIMEOUT }, (options) =>
    client.api.kv.del({ key, ...options }),
  )
}

/** All values under a prefix, by their full key. */
export async function readKvPrefix(
  client: ConsulClient,
  prefix: string,
): Promise<ReadonlyMap<string, string>> {
  const { body } = await ask(client, `reading keys under ${prefix}`, { timeout: KV_TIMEOUT }, (options) =>
    client.api.kv.get({ key: prefix, recurse: true, ...options }),
  )
  return readEntries(body)
}

/** From an answer of `/v1/kv/<prefix>?recurse`, its values decoded by the npm client; nothing under a prefix is no answer. */
export function readEntries(answer: unknown): ReadonlyMap<string, string> {
  const entries = asList(answer).map((entry) => asObject(entry))
  return new Map(entries.map(({ Key, Value }) => [asText(Key), asText(Value)]))
}
