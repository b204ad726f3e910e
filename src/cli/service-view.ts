import { serviceKey } from '../model/names.ts'
import type { Policy } from '../model/policy.ts'
import type { Locality, ServiceKey, ServicePort } from '../model/service.ts'
import type { Condition, ServiceStatus } from '../model/status.ts'
import { WARNINGS } from '../plan/reasons.ts'
import type { Cell } from './colour.ts'
import type { Kind } from './kind.ts'
import { formatAge } from './table.ts'

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
    const [namespace = '', name = ''] = key.split('/')
    const policy = policies.get(key)
    const status = statuses.get(key)
    return {
      namespace,
      name,
      ready: status?.ready ?? 0,
      total: status?.total ?? 0,
      hosts: policy?.hosts ?? [],
      programmed: status?.programmed ?? 0,
      proxies: status?.proxies ?? 0,
      createdAt: policy?.createdAt ?? null,
      source: status?.source ?? policy?.source ?? '',
      conditions: status?.conditions ?? [],
      ports: policy?.backends.map(({ port }) => port) ?? [],
      locality: policy?.locality ?? null,
      revision: policy?.revision ?? null,
    }
  })
}

export const SERVICES: Kind<ServiceView> = {
  name: 'service',
  id: ({ namespace, name }) => `${namespace}/${name}`,
  names: ({ namespace, name }) => namesOfKey(serviceKey({ namespace, name })),
  namespace: ({ namespace }) => namespace,
  columns: () => [
    { title: 'NAMESPACE', cell: ({ namespace }) => namespace, isKey: true },
    { title: 'NAME', cell: ({ name }) => name, isKey: true },
    { title: 'READY', cell: ({ ready, total }) => `${ready}/${total}` },
    { title: 'HOSTS', cell: ({ hosts }) => hosts.join(',') || '-' },
    { title: 'PROGRAMMED', cell: ({ programmed, proxies }) => `${programmed}/${proxies}` },
    { title: 'AGE', cell: ({ createdAt }, now) => (createdAt === null ? '-' : formatAge(createdAt, now)) },
    { title: 'PORTS', cell: ({ ports }) => ports.map(formatPort).join(',') || '-', wide: true },
    { title: 'LOCALITY', cell: ({ locality }) => locality?.mode ?? '-', wide: true },
    { title: 'REVISION', cell: ({ revision }) => revision ?? '-', wide: true },
    { title: 'SOURCE', cell: ({ source }) => source || '-', wide: true },
    { title: 'STATUS', cell: ({ conditions }) => summary(conditions) },
  ],
}

/** The ways in which people name a service. */
export function namesOfKey(key: ServiceKey): readonly string[] {
  const [namespace, name = ''] = key.split('/')
  return [name, key, `${name}.${namespace}`]
}

export function namespaceOfKey(key: ServiceKey): string {
  return key.split('/')[0] ?? ''
}

/** As `docker ps` writes ports: `80->8080/http`. */
function formatPort({ port, targetPort, protocol }: ServicePort): string {
  return `${port}->${targetPort}/${protocol}`
}

/** What is not as it should be, in one cell: red where somebody should look at it. */
function summary(conditions: readonly Condition[]): Cell {
  const notable = conditions.filter(isNotable)
  const text = [...new Set(notable.map(({ reason }) => reason))].join(',')
  if (text !== '') return { text, style: styleOf(notable) }
  return conditions.length > 0 ? 'Ready' : { text: 'Pending', style: 'yellow' }
}

function isNotable({ type, status, reason }: Condition): boolean {
  return status === 'False' || (type === 'Ready' && reason === 'Degraded')
}

function styleOf(conditions: readonly Condition[]): 'red' | 'yellow' {
  return conditions.some(({ status, reason }) => status === 'False' && WARNINGS.has(reason))
    ? 'red'
    : 'yellow'
}

/** A condition's status: red if it is unmet and somebody should look at it, yellow if it is not met yet. */
export function conditionStatus(condition: Condition): Cell {
  const { status } = condition
  if (isNotable(condition)) return { text: status, style: styleOf([condition]) }
  return status === 'Unknown' ? { text: status, style: 'yellow' } : { text: status, style: 'green' }
}
