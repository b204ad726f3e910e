/**
 * Backends that nothing leads to any more. Taking one out costs a reload as adding one does, but nobody waits for it: it is left until
 * another change needs the reload, or for some seconds. So who deploys anew right after a removal does not wait for its reload.
 */
import type { Backend } from '../model/backend.ts'

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
