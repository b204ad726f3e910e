import type { Policy } from '../../model/policy.ts'
import type { ServiceKey, ServiceSpec } from '../../model/service.ts'
import type { Reason } from '../../model/reasons.ts'

export interface Problem {
  readonly reason: Reason
  readonly message: string
}

/** A service as it is declared: what is in force, and what is wrong with the newest version of it. */
export interface Declaration {
  readonly key: ServiceKey
  /** Null when no version was ever good. */
  readonly spec: ServiceSpec | null
  /** Where `spec` was read: an older version than `source` while the newest one is bad. */
  readonly specSource: string
  /** Where the newest version was read. */
  readonly source: string
  /** ISO 8601 */
  readonly createdAt: string
  readonly problems: readonly Problem[]
}

/** The policies in force. */
export type Known = ReadonlyMap<ServiceKey, Policy>

/** What is in force from this place. */
export function inForceFrom(source: string, known: Known): Policy | undefined {
  return [...known.values()].find((policy) => policy.source === source)
}

/** The older first; equal ages by key, so that the order never depends on the list's. */
export function byAge(a: Declaration, b: Declaration): number {
  return byTime(a.createdAt, b.createdAt) || byText(a.key, b.key)
}

export function byText(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1
}

/** ISO 8601 times as Docker writes them: as text they do not sort, for trailing zeros are left out. */
export function byTime(a: string, b: string): number {
  // Down to the second they do sort, and are parsed far less often.
  const coarse = a.endsWith('Z') && b.endsWith('Z') ? byText(a.slice(0, 19), b.slice(0, 19)) : 0
  return coarse || Date.parse(a) - Date.parse(b) || byText(a, b)
}
