import { shareFields, shareList } from '../../lib/share.ts'
import { HTTP_PORT } from '../../model/listener.ts'
import type { Listener, RouteRule } from '../../model/listener.ts'
import type { Policy } from '../../model/policy.ts'
import type { ServiceKey } from '../../model/service.ts'

export interface PlannedListeners {
  /** By port. */
  readonly listeners: readonly Listener[]
  /**
   * By service: what it can't have. The controller settles such cases; this is for the moments in
   * between.
   */
  readonly conflicts: ReadonlyMap<ServiceKey, string>
}

/**
 * The ports of this node's HAProxy, with the routes of all policies. Of two claimants the first
 * keeps a port, or a host and path: `policies` come oldest first. What is as in the listeners
 * `before` is the same object.
 */
export function plannedListeners(
  policies: readonly Policy[],
  before: readonly Listener[] = [],
): PlannedListeners {
  const http = new Map<number, Map<string, RouteRule>>([[HTTP_PORT, new Map()]])
  const tcp = new Map<number, string>()
  const conflicts = new Map<ServiceKey, string>()
  for (const policy of policies) {
    for (const { name, port: servicePort } of policy.backends) {
      const { port, protocol } = servicePort
      if (tcp.has(port) || (protocol === 'tcp' && http.has(port))) {
        const holder = tcp.get(port) ?? 'HTTP'
        if (holder !== name) conflicts.set(policy.key, `port ${port} is taken by ${holder}`)
      } else if (protocol === 'tcp') tcp.set(port, name)
      else if (!http.has(port)) http.set(port, new Map())
    }
    for (const route of policy.routes) {
      const routes = http.get(route.port)
      const place = route.host + route.path
      if (routes?.has(place) === false) routes.set(place, route)
    }
  }
  return { listeners: shared(before, http, tcp), conflicts }
}

function shared(
  before: readonly Listener[],
  http: ReadonlyMap<number, ReadonlyMap<string, RouteRule>>,
  tcp: ReadonlyMap<number, string>,
): readonly Listener[] {
  const known = new Map(before.map((listener) => [listener.port, listener]))
  const ofHttp = [...http].map(([port, routes]): Listener => {
    const old = known.get(port)
    const oldRoutes = old?.kind === 'http' ? old.routes : undefined
    return { kind: 'http', port, routes: shareList(oldRoutes, [...routes.values()]) }
  })
  const ofTcp = [...tcp].map(([port, backend]): Listener => ({ kind: 'tcp', port, backend }))
  const all = [...ofHttp, ...ofTcp].sort((a, b) => a.port - b.port)
  return shareList(
    before,
    all.map((listener) => shareFields(known.get(listener.port), listener)),
  )
}
