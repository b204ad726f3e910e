/**
 * Backends that nothing leads to any more. Taking one out costs a reload as adding one does, but
 * nobody waits for it: it is left until another change needs the reload, or for some seconds. So
 * who deploys anew right after a removal does not wait for its reload.
 */
import { structureKey } from '../haproxy/structure-key.ts'
import type { Backend } from '../model/backend.ts'
import type { Listener } from '../model/listener.ts'

/** ms */
const LEFT_FOR = 5000

interface RetiredBackend {
  readonly backend: Backend
  /** ms since the epoch */
  readonly until: number
}

/** By name. */
export type Retired = ReadonlyMap<string, RetiredBackend>

/** Backends by name, in `before` and `now`. A TCP one is not left: it would keep its port. */
export function retire(
  retired: Retired,
  before: ReadonlyMap<string, Backend>,
  now: ReadonlyMap<string, Backend>,
  at: number,
): Retired {
  const leaving = [...before].filter(([name, { protocol }]) => !now.has(name) && protocol === 'http')
  const left = [...retired].filter(([name]) => !now.has(name))
  const fresh = leaving.map(([name, backend]) => [name, { backend, until: at + LEFT_FOR }] as const)
  return new Map([...left, ...fresh])
}

/** Without those that have been left for long enough. */
export function stillLeft(retired: Retired, now: number): Retired {
  return new Map([...retired].filter(([, { until }]) => until > now))
}

/** ms until the next is to be taken out; null if none is left. */
export function nextRemoval(retired: Retired, now: number): number | null {
  if (retired.size === 0) return null
  return Math.max(0, Math.min(...[...retired.values()].map(({ until }) => until)) - now)
}

/** Listeners and backends as planned. */
export interface Structure {
  readonly listeners: readonly Listener[]
  readonly backends: readonly Backend[]
  /** What of it takes a reload. */
  readonly key: string
}

export interface Load {
  readonly backends: readonly Backend[]
  /** What of the structure with these backends takes a reload. */
  readonly key: string
  /** Retired backends that are not among them. */
  readonly without: ReadonlySet<RetiredBackend>
}

/**
 * The backends for HAProxy to load: those planned, and of those retired the ones that are still
 * left, but none where there has to be a reload anyway. `loadedKey` is what it has loaded.
 */
export function backendsToLoad(
  { listeners, backends, key }: Structure,
  retired: Retired,
  loadedKey: string | null,
  now: number,
): Load {
  const left = new Set(stillLeft(retired, now).values())
  const withLeft = [...backends, ...Array.from(left, (each) => each.backend)]
  const all = new Set(retired.values())
  return structureKey(listeners, withLeft) === loadedKey
    ? { backends: withLeft, key: loadedKey, without: all.difference(left) }
    : { backends, key, without: all }
}
