import { hostsOf } from '../model/policy.ts'
import type { Policy } from '../model/policy.ts'
import type { Locality, ServiceKey, ServicePort } from '../model/service.ts'
import type { Condition, ServiceStatus } from '../model/status.ts'
import { sourceText } from '../model/source.ts'
import { partsOfKey } from '../model/names.ts'

/** A service as `shoal get services -o json` shows it. */
export interface ServiceView {
  readonly namespace: string
  readonly name: string
  readonly ready: number
  readonly total: number
  readonly hosts: readonly string[]
  readonly programmed: number
  readonly proxies: number
  /** ISO 8601; null if nothing of it was ever in force. */
  readonly createdAt: string | null
  readonly source: string
  readonly conditions: readonly Condition[]
  readonly ports: readonly ServicePort[]
  /** This and the revision are null if nothing of it is in force. */
  readonly locality: Locality | null
  readonly revision: string | null
}

/** One view a service that has a status or a policy, by namespace and name. */
export function serviceViews(
  policies: ReadonlyMap<ServiceKey, Policy>,
  statuses: ReadonlyMap<ServiceKey, ServiceStatus>,
): ServiceView[] {
  const keys = [...new Set([...policies.keys(), ...statuses.keys()])].toSorted()
  return keys.map((key) => {
    const { namespace, name } = partsOfKey(key)
    const policy = policies.get(key)
    const status = statuses.get(key)
    const source = status?.source ?? policy?.source
    return {
      namespace,
      name,
      ready: status?.ready ?? 0,
      total: status?.total ?? 0,
      hosts: policy === undefined ? [] : hostsOf(policy),
      programmed: status?.programmed ?? 0,
      proxies: status?.proxies ?? 0,
      createdAt: policy?.createdAt ?? null,
      source: source === undefined ? '' : sourceText(source),
      conditions: status?.conditions ?? [],
      ports: policy?.backends.map(({ port }) => port) ?? [],
      locality: policy?.locality ?? null,
      revision: policy?.revision ?? null,
    }
  })
}

/** The ways in which people name a service. */
export function namesOfKey(key: ServiceKey): readonly string[] {
  const { namespace, name } = partsOfKey(key)
  return [name, key, `${name}.${namespace}`]
}

export function namespaceOfKey(key: ServiceKey): string {
  return partsOfKey(key).namespace
}
