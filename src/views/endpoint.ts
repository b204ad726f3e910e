import type { Endpoint, EndpointHealth, Standing } from '../model/endpoint.ts'
import type { BackendPolicy } from '../model/policy.ts'
import type { ServiceKey } from '../model/service.ts'
import type { ProxyReport, ServerReport } from '../model/status.ts'

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
  /** What each HAProxy gives it, by host name of the HAProxy's node. */
  readonly proxies: Readonly<Record<string, ServerView>>
}

export interface ServerView extends Omit<ServerReport, 'standing'> {
  /** Null if the node agent is of an earlier version, which does not tell. */
  readonly standing: Standing | null
}

/**
 * Endpoints of one service with the weight each proxy gives them. `endpoints` are by Consul
 * service.
 */
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
        own.flatMap((report): [string, ServerView][] => {
          const given = report.backends[backend]?.[server]
          return given === undefined ? [] : [[report.node, serverView(given)]]
        }),
      ),
    })),
  )
}

function serverView({ weight, state, standing, why }: ServerReport): ServerView {
  return { weight, state, standing: standing ?? null, why }
}
