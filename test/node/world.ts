import type { Endpoint, EndpointHealth } from '../../src/model/endpoint.ts'
import { HAPROXY_CONSUL_SERVICE } from '../../src/model/names.ts'
import type { BackendPolicy, Policy, Tombstone } from '../../src/model/policy.ts'
import type { Protocol, ServiceKey } from '../../src/model/service.ts'
import type { Self } from '../../src/node/locality/locality.ts'
import { EMPTY_VIEW, nextView } from '../../src/node/view/view.ts'
import type { View, ViewEvent } from '../../src/node/view/view.ts'
import { routesOfHosts } from '../../src/model/policy.ts'
import { POLICIES } from '../../src/store/policies.ts'
import { partsOfKey } from '../../src/model/names.ts'

export const SELF: Self = { node: 'n1', nodeName: 'node1', zone: 'a' }

export function endpoint(server: string, health: EndpointHealth, more: Partial<Endpoint> = {}): Endpoint {
  const number = Array.from(server).reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 250, 0)
  return {
    server,
    task: `task-${server}`,
    node: 'n1',
    nodeName: 'node1',
    zone: 'a',
    address: `10.0.1.${number}`,
    port: 8080,
    health,
    ...more,
  }
}

export function haproxy(
  node: number,
  health: EndpointHealth = 'passing',
  zone: string | null = 'a',
): Endpoint {
  const place = { node: `n${node}`, nodeName: `node${node}`, zone, address: `10.0.0.${node}`, port: 80 }
  return endpoint(`shoal_haproxy.n${node}.x`, health, place)
}

export function backend(
  name: string,
  consulService: string,
  port = 80,
  protocol: Protocol = 'http',
): BackendPolicy {
  return { name, consulService, port: { name: protocol, port, targetPort: 8080, protocol } }
}

/** Its hosts are routed as wholes, unless it has other routes. */
export function policy(
  key: ServiceKey,
  { hosts, ...more }: Partial<Policy> & { readonly hosts?: readonly string[] } = {},
): Policy {
  const { namespace, name } = partsOfKey(key)
  const backends = more.backends ?? [backend(`${namespace}_${name}`, `${name}-${namespace}`)]
  const locality = { mode: 'prefer', headroom: 1.2 } as const
  return {
    key,
    revision: 'r1',
    backends,
    routes: routesOfHosts(hosts ?? [`${name}.${namespace}`], backends),
    names: [`${name}.${namespace}`],
    locality,
    drain: 10_000,
    maxConnections: 0,
    timeout: 30_000,
    spec: {
      name,
      namespace,
      selector: { service: `${namespace}_${name}` },
      ports: backends.map(({ port }) => port),
      hosts: [],
      aliases: [],
      tags: [],
      health: { type: 'http', path: '/', host: null, port: null, interval: 1000, timeout: 500 },
      locality,
      drain: 10_000,
      maxConnections: 0,
      timeout: 30_000,
    },
    source: { kind: 'label', service: `${namespace}_${name}` },
    createdAt: '2026-01-01T00:00:00.000Z',
    ...more,
  }
}

export function policiesAnswer(...entries: readonly (Policy | Tombstone)[]): ViewEvent {
  return {
    kind: 'policies',
    kv: new Map(entries.map((entry) => [POLICIES.key(entry.key), POLICIES.encode(entry)])),
  }
}

export function endpointsAnswer(service: string, ...endpoints: readonly Endpoint[]): ViewEvent {
  return { kind: 'endpoints', service, endpoints }
}

export const TICK: ViewEvent = { kind: 'tick' }

/** All events at one time, from an empty view on unless another is given. */
export function after(events: readonly ViewEvent[], now = 0, view: View = EMPTY_VIEW): View {
  return events.reduce((before, event) => nextView(before, event, now), view)
}

/** hello/www with these endpoints, on three nodes. */
export function hello(...endpoints: readonly Endpoint[]): View {
  return after([
    policiesAnswer(policy('hello/www')),
    endpointsAnswer(HAPROXY_CONSUL_SERVICE, haproxy(1), haproxy(2), haproxy(3, 'passing', 'b')),
    endpointsAnswer('www-hello', ...endpoints),
  ])
}

/** What is believed of the endpoints of a Consul service, by server name. */
export function standings(view: Pick<View, 'endpoints'>, service = 'www-hello'): Record<string, string> {
  return Object.fromEntries(
    [...(view.endpoints.get(service) ?? [])].map(([server, { standing }]) => [server, standing]),
  )
}
