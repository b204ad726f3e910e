import { serviceKey } from '../../model/names.ts'
import type { ServicePort } from '../../model/service.ts'
import type { Condition } from '../../model/status.ts'
import { WARNINGS } from '../../model/reasons.ts'
import type { Cell } from './colour.ts'
import type { Kind } from './kind.ts'
import { formatAge } from './table.ts'
import type { ServiceView } from '../../views/service.ts'
import { namesOfKey } from '../../views/service.ts'

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

/**
 * A condition's status: red if it is unmet and somebody should look at it, yellow if it is not met
 * yet.
 */
export function conditionStatus(condition: Condition): Cell {
  const { status } = condition
  if (isNotable(condition)) return { text: status, style: styleOf([condition]) }
  return status === 'Unknown' ? { text: status, style: 'yellow' } : { text: status, style: 'green' }
}
