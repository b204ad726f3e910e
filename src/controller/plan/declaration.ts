import type { Policy } from '../../model/policy.ts'
import type { ServiceKey, ServiceSpec } from '../../model/service.ts'
import type { Reason } from '../../model/reasons.ts'
import { sameSource } from '../../model/source.ts'
import type { Source } from '../../model/source.ts'

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
  readonly specSource: Source
  /** Where the newest version was read. */
  readonly source: Source
  /** ISO 8601 */
  readonly createdAt: string
  readonly problems: readonly Problem[]
  /** What goes for instances of earlier versions of its workload; null where `spec` does for all. */
  readonly earlier: EarlierVersion | null
}

/**
 * While an update runs a workload has instances of several versions, and each listens as its own
 * version says.
 */
interface EarlierVersion {
  /** As it was before the last update; null where nothing usable is known of that. */
  readonly spec: ServiceSpec | null
}

/** Whether something is declared that nobody can read, and whose last good version nobody knows. */
export function isUnreadable({ spec, problems }: Declaration): boolean {
  return spec === null && problems.some(({ reason }) => reason === 'InvalidSpec')
}

/** The policies in force. */
export type Known = ReadonlyMap<ServiceKey, Policy>

/** What is in force from this place. */
export function inForceFrom(source: Source, known: Known): Policy | undefined {
  return [...known.values()].find((policy) => sameSource(policy.source, source))
}
