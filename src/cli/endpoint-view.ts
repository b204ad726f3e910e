import type { Endpoint, EndpointHealth } from '../model/endpoint.ts'
import type { BackendPolicy } from '../model/policy.ts'
import type { ServiceKey } from '../model/service.ts'
import type { ProxyReport, ServerReport } from '../model/status.ts'
import type { Cell } from './colour.ts'
import type { Kind } from './kind.ts'
import { namesOfKey, namespaceOfKey } from './service-view.ts'

/** An endpoint as `shoal get endpoints -o json` shows it. */
export interface EndpointView {
  /** `hello/www` */
  readonly service: ServiceKey
  readonly task: string
  readonly container: string
  readonly backend: string
  readonly consulService: string
  readonly node: string
  readonly zone: string | null
  readonly address: string
  readonly health: EndpointHealth
  /** What each proxy gives it, by host name of the proxy's node. */
  readonly proxies: Readonly<Record<string, ServerReport>>
}

/** Endpoints of one service with the weight each proxy gives them. `endpoints` are by Consul service. */
export function endpointViews(
  { key: service, backends }: { readonly key: ServiceKey; readonly backends: readonly BackendPolicy[] },
  endpoints: ReadonlyMap<string, readonly Endpoint[]>,
  reports: readonly ProxyReport[],
): EndpointView[] {
  const own = reports.filter(({ key }) => key === service)
  return backends.flatMap(({ name: backend, consulService }) =>
    (endpoints.get(consulService) ?? []).map(({ task, server, nodeName, zone, address, port, health }) => ({
      service,
      task,
      container: server,
      backend,
      consulService,
      node: nodeName,
      zone,
      address: `${address}:${port}`,
      health,
      proxies: Object.fromEntries(
        own.flatMap((report): [string, ServerReport][] => {
          const given = report.backends[backend]?.[server]
          return given === undefined ? [] : [[report.node, given]]
        }),
      ),
    })),
  )
}

export const ENDPOINTS: Kind<EndpointView> = {
  name: 'endpoint',
  id: ({ backend, container }) => `${backend}/${container}`,
  names: ({ service }) => namesOfKey(service),
  namespace: ({ service }) => namespaceOfKey(service),
  columns: (views) => [
    { title: 'SERVICE', cell: ({ service }) => service, isKey: true },
    { title: 'TASK', cell: ({ container }) => container, isKey: true },
    { title: 'BACKEND', cell: ({ backend }) => backend, isKey: true },
    { title: 'NODE', cell: ({ node }) => node },
    { title: 'ZONE', cell: ({ zone }) => zone ?? '-' },
    { title: 'ADDRESS', cell: ({ address }) => address },
    { title: 'CONSUL-SERVICE', cell: ({ consulService }) => consulService, wide: true },
    { title: 'HEALTH', cell: ({ health }) => formatHealth(health) },
    ...proxiesOf(views).map((node) => ({
      title: `WEIGHT@${node}`,
      cell: ({ proxies }: EndpointView) => formatWeight(proxies[node]),
    })),
  ],
}

/** Host names of the proxies that give any of them a weight. */
function proxiesOf(views: readonly EndpointView[]): readonly string[] {
  return [...new Set(views.flatMap((view) => Object.keys(view.proxies)))].toSorted()
}

/** Red if its check fails, yellow if nothing is known or it is on its way. */
export function formatHealth(health: EndpointHealth): Cell {
  if (health === 'passing') return health
  return { text: health, style: health === 'critical' ? 'red' : 'yellow' }
}

export function formatWeight(given: ServerReport | undefined): string {
  if (given === undefined) return '-'
  return given.state === 'ready' ? String(given.weight) : given.state
}
