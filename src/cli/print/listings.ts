/**
 * What can be listed, and from which sources: streams of views, which `shoal get` prints once or as
 * they change.
 */
import { combineLatest, lastValueFrom, map, of, switchMap } from 'rxjs'
import type { Observable } from 'rxjs'
import { HAPROXY_CONSUL_SERVICE } from '../../model/names.ts'
import type { Policy } from '../../model/policy.ts'
import { ENDPOINTS } from './endpoint-columns.ts'
import { endpointViews } from '../../views/endpoint.ts'
import type { EndpointView } from '../../views/endpoint.ts'
import type { Kind, Selection } from './kind.ts'
import { NODES } from './node-columns.ts'
import { nodeViews } from '../../views/node.ts'
import type { NodeView } from '../../views/node.ts'
import { PROXIES } from './proxy-columns.ts'
import { proxyViews } from '../../views/proxy.ts'
import type { ProxyView } from '../../views/proxy.ts'
import { requireNamed, selected } from './kind.ts'
import { namesOfKey, namespaceOfKey, serviceViews } from '../../views/service.ts'
import { SERVICES } from './service-columns.ts'
import type { ServiceView } from '../../views/service.ts'
import type { Sources } from '../../views/sources.ts'
import { by } from '../../lib/order.ts'

/** One kind of thing that is listed, and where it comes from. */
export interface Listing<V extends object> {
  readonly kind: Kind<V>
  readonly views: (sources: Sources, selection: Selection) => Observable<readonly V[]>
  /**
   * Rejects with UserError where something that is asked for by name is not there, if the views
   * themselves can't tell.
   */
  readonly check?: (sources: Sources, selection: Selection) => Promise<void>
}

export const SERVICE_LISTING: Listing<ServiceView> = {
  kind: SERVICES,
  views: ({ policies, statuses }) =>
    combineLatest([policies, statuses]).pipe(map((found) => serviceViews(...found))),
}

export const ENDPOINT_LISTING: Listing<EndpointView> = {
  kind: ENDPOINTS,
  views: endpointsOf,
  check: async ({ policies }, selection) =>
    requireNamed([...(await lastValueFrom(policies)).values()], POLICIES, selection),
}

export const NODE_LISTING: Listing<NodeView> = {
  kind: NODES,
  views: (sources) => {
    const { swarm, policies, failing, agents } = sources
    const haproxies = sources.endpoints(HAPROXY_CONSUL_SERVICE)
    return combineLatest({ swarm, policies, failing, agents, haproxies }).pipe(map(nodeViews))
  },
}

export const PROXY_LISTING: Listing<ProxyView> = {
  kind: PROXIES,
  views: (sources) =>
    combineLatest([
      sources.swarm.pipe(map(({ nodes }) => nodes)),
      sources.policies,
      sources.reports,
      sources.endpoints(HAPROXY_CONSUL_SERVICE),
    ]).pipe(map((found) => proxyViews(...found))),
}

/** What is in force, as far as it is selected by name. */
const POLICIES = {
  name: 'service',
  id: ({ key }: Policy) => key,
  names: ({ key }: Policy) => namesOfKey(key),
  namespace: ({ key }: Policy) => namespaceOfKey(key),
}

/** Endpoints of the services that are asked for, by service. */
export function endpointsOf(
  sources: Pick<Sources, 'policies' | 'reports' | 'endpoints'>,
  selection: Selection,
): Observable<readonly EndpointView[]> {
  return sources.policies.pipe(
    switchMap((known) => {
      const policies = selected([...known.values()], POLICIES, selection).toSorted(by(({ key }) => key))
      const services = policies.flatMap(({ backends }) => backends.map(({ consulService }) => consulService))
      const followed = services.map((service) =>
        sources.endpoints(service).pipe(map((endpoints) => [service, endpoints] as const)),
      )
      if (followed.length === 0) return of([])
      return combineLatest([combineLatest(followed), sources.reports]).pipe(
        map(([endpoints, reports]) =>
          policies.flatMap((policy) => endpointViews(policy, new Map(endpoints), reports)),
        ),
      )
    }),
  )
}
