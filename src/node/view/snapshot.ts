import type { Standing } from '../../model/endpoint.ts'
import type { ServiceKey } from '../../model/service.ts'
import type { View } from './view.ts'

/** A view as plain data, for people who look into a running node agent. */
export interface ViewSnapshot {
  readonly policies: Readonly<Record<ServiceKey, PolicySnapshot>>
  /** By Consul service, then by server name. */
  readonly endpoints: Readonly<Record<string, Readonly<Record<string, Standing>>>>
  /** Why entries in the KV are ignored, by service. */
  readonly malformed: Readonly<Record<ServiceKey, string>>
  /** Since when Consul gives no answers, ms since the epoch; null while it does. */
  readonly silentSince: number | null
}

interface PolicySnapshot {
  /** Revision; null while none is. */
  readonly inForce: string | null
  /** Revision of the one that waits for its endpoints to be known; null if none does. */
  readonly next: string | null
  /** Since when it is missing, ms since the epoch; null while it's there. */
  readonly absentSince: number | null
}

export function snapshotOf({ policies, endpoints, malformed, silentSince }: View): ViewSnapshot {
  const ofPolicies = [...policies].map(([key, { inForce, next, absentSince }]): [string, PolicySnapshot] => [
    key,
    { inForce: inForce?.revision ?? null, next: next?.revision ?? null, absentSince },
  ])
  const ofEndpoints = [...endpoints].map(([service, held]): [string, Record<string, Standing>] => [
    service,
    Object.fromEntries([...held].map(([server, { standing }]) => [server, standing])),
  ])
  return {
    policies: Object.fromEntries(ofPolicies),
    endpoints: Object.fromEntries(ofEndpoints),
    malformed: Object.fromEntries(malformed),
    silentSince,
  }
}
