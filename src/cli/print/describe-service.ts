import { stringify } from 'yaml'
import type { ServiceEvent } from '../../model/event.ts'
import type { Policy } from '../../model/policy.ts'
import type { Condition } from '../../model/status.ts'
import { SERVICE } from '../../spec/kinds/service/index.ts'
import type { Cell, Paint } from './colour.ts'
import { formatFields, formatList, formatSections } from './description.ts'
import { formatHealth, formatWeight } from './endpoint-columns.ts'
import type { EndpointView } from '../../views/endpoint.ts'
import { EVENTS } from './event-columns.ts'
import { conditionStatus } from './service-columns.ts'
import type { ServiceView } from '../../views/service.ts'
import { formatAge } from './table.ts'
import { by } from '../../lib/order.ts'
import { sourceText } from '../../model/source.ts'

export interface ServiceDescription {
  readonly service: ServiceView
  /** Null if nothing of it is in force. */
  readonly policy: Policy | null
  readonly endpoints: readonly EndpointView[]
  readonly events: readonly ServiceEvent[]
}

/** What `shoal describe service` prints. `now` is ms since the epoch. */
export function serviceText(
  { service, policy, endpoints, events }: ServiceDescription,
  now: number,
  paint: Paint,
): string {
  const { name, namespace, source, createdAt, hosts, ready, total, programmed, proxies } = service
  const fields = formatFields(
    [
      ['Name', name],
      ['Namespace', namespace],
      ['Source', source || '-'],
      [
        'In force',
        policy === null ? 'nothing' : `revision ${policy.revision}, from ${sourceText(policy.source)}`,
      ],
      ['Age', createdAt === null ? '-' : `${formatAge(createdAt, now)} (since ${createdAt})`],
      ['Hosts', hosts.join(', ') || '-'],
      ['Tasks', `${ready} of ${total} ready`],
      ['Proxies', `${programmed} of ${proxies} programmed`],
    ],
    paint,
  )
  const sections = formatSections(
    [
      ['Conditions', conditionsTable(service.conditions, now, paint)],
      ['Spec', policy === null ? 'none' : stringify(SERVICE.write(policy.spec)).trimEnd()],
      ['Endpoints', endpointsTable(endpoints, paint)],
      ['Weights', weightsTable(endpoints, paint)],
      ['Events', eventsTable(events, now, paint)],
    ],
    paint,
  )
  return `${fields}\n\n${sections}`
}

function conditionsTable(conditions: readonly Condition[], now: number, paint: Paint): string {
  const header = ['TYPE', 'STATUS', 'SINCE', 'REASON', 'MESSAGE']
  const rows = conditions.map((condition): Cell[] => {
    const { type, since, reason, message } = condition
    return [type, conditionStatus(condition), formatAge(since, now), reason, message.replaceAll('\n', ' ')]
  })
  return formatList(header, rows, paint)
}

function endpointsTable(endpoints: readonly EndpointView[], paint: Paint): string {
  const header = ['TASK', 'BACKEND', 'NODE', 'ZONE', 'ADDRESS', 'HEALTH']
  const rows = endpoints.map(({ container, backend, node, zone, address, health }): Cell[] => [
    container,
    backend,
    node,
    zone ?? '-',
    address,
    formatHealth(health),
  ])
  return formatList(header, rows, paint)
}

/** By proxy: what each makes of all tasks, and why. */
function weightsTable(endpoints: readonly EndpointView[], paint: Paint): string {
  const rows = endpoints.flatMap(({ container, backend, proxies }) =>
    Object.entries(proxies).map(([proxy, given]) => [
      proxy,
      backend,
      container,
      formatWeight(given),
      given.why,
    ]),
  )
  const byProxy = rows.toSorted(by((row) => row.slice(0, 3).join(' ')))
  return formatList(['PROXY', 'BACKEND', 'TASK', 'WEIGHT', 'WHY'], byProxy, paint)
}

function eventsTable(events: readonly ServiceEvent[], now: number, paint: Paint): string {
  const columns = EVENTS.columns(events).filter(({ title }) => title !== 'SERVICE')
  return formatList(
    columns.map(({ title }) => title),
    events.map((event) => columns.map(({ cell }) => cell(event, now))),
    paint,
  )
}
