import type { Endpoint } from '../model/endpoint.ts'
import type { Policy } from '../model/policy.ts'
import type { ServiceKey } from '../model/service.ts'
import type { Condition, ProxyReport, ServerReport, ServiceStatus } from '../model/status.ts'
import { formatAge, formatTable } from './table.ts'

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
}

/** An endpoint as `shoal get endpoints -o json` shows it. */
export interface EndpointView {
  readonly task: string
  readonly container: string
  readonly backend: string
  readonly node: string
  readonly zone: string | null
  readonly address: string
  readonly health: Endpoint['health']
  /** What each proxy gives it, by host name of the proxy's node. */
  readonly proxies: Readonly<Record<string, ServerReport>>
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
    }
  })
}

/** Endpoints of one service with the weight each proxy gives them. */
export function endpointViews(
  endpoints: ReadonlyMap<string, readonly Endpoint[]>,
  reports: readonly ProxyReport[],
): EndpointView[] {
  return [...endpoints].flatMap(([backend, servers]) =>
    servers.map(({ task, server, nodeName, zone, address, port, health }) => ({
      task,
      container: server,
      backend,
      node: nodeName,
      zone,
      address: `${address}:${port}`,
      health,
      proxies: Object.fromEntries(
        reports.flatMap((report): [string, ServerReport][] => {
          const given = report.backends[backend]?.[server]
          return given === undefined ? [] : [[report.node, given]]
        }),
      ),
    })),
  )
}

/** The table of `shoal get services`; a condition that is not met is named in the last column. */
export function servicesTable(views: readonly ServiceView[], now: number): string {
  const header = ['NAMESPACE', 'NAME', 'READY', 'HOSTS', 'PROGRAMMED', 'AGE', 'STATUS']
  const rows = views.map((view) => [
    view.namespace,
    view.name,
    `${view.ready}/${view.total}`,
    view.hosts.join(',') || '-',
    `${view.programmed}/${view.proxies}`,
    view.createdAt === null ? '-' : formatAge(view.createdAt, now),
    summary(view.conditions),
  ])
  return formatTable(header, rows)
}

/** The table of `shoal get endpoints`, a column for each proxy's weight. */
export function endpointsTable(views: readonly EndpointView[]): string {
  const proxies = [...new Set(views.flatMap((view) => Object.keys(view.proxies)))].toSorted()
  const header = [
    'TASK',
    'BACKEND',
    'NODE',
    'ZONE',
    'ADDRESS',
    'HEALTH',
    ...proxies.map((node) => `WEIGHT@${node}`),
  ]
  const rows = views.map((view) => [
    view.container,
    view.backend,
    view.node,
    view.zone ?? '-',
    view.address,
    view.health,
    ...proxies.map((node) => formatWeight(view.proxies[node])),
  ])
  return formatTable(header, rows)
}

function formatWeight(given: ServerReport | undefined): string {
  if (given === undefined) return '-'
  return given.state === 'ready' ? String(given.weight) : given.state
}

function summary(conditions: readonly Condition[]): string {
  const unmet = conditions.filter(({ status }) => status === 'False')
  const degraded = conditions.filter(({ type, reason }) => type === 'Ready' && reason === 'Degraded')
  const reasons = new Set([...unmet, ...degraded].map(({ reason }) => reason))
  return [...reasons].join(',') || (conditions.length > 0 ? 'Ready' : 'Pending')
}
