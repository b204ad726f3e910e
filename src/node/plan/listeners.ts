import type { Frontends, Hosts } from '../../model/listener.ts'
import type { BackendPolicy, Policy } from '../../model/policy.ts'
import type { ServiceKey } from '../../model/service.ts'

/** The HTTP port that every HAProxy has, published on its node. */
export const HTTP_PORT = 80

export interface Listeners {
  readonly frontends: Frontends
  /** By service: what it can't have. The controller settles such cases; this is for the moments in between. */
  readonly conflicts: ReadonlyMap<ServiceKey, string>
}

/**
 * Which port and host name leads to which backend. A service's hosts lead to its HTTP port 80, or else its first HTTP port, on HAProxy's
 * own port 80, and to each of its HTTP ports on that port. Of two claimants the first keeps a port or a host: `policies` come oldest first.
 */
export function listeners(policies: readonly Policy[]): Listeners {
  const http = new Map<number, Map<string, string>>([[HTTP_PORT, new Map()]])
  const tcp = new Map<number, string>()
  const conflicts = new Map<ServiceKey, string>()
  const route = (port: number, policy: Policy, { name }: BackendPolicy): void => {
    const hosts = http.get(port) ?? new Map<string, string>()
    for (const host of policy.hosts) if (!hosts.has(host)) hosts.set(host, name)
    http.set(port, hosts)
  }
  for (const policy of policies) {
    for (const backend of policy.backends) {
      const { port, protocol } = backend.port
      if (tcp.has(port) || (protocol === 'tcp' && http.has(port))) {
        const holder = tcp.get(port) ?? 'HTTP'
        if (holder !== backend.name) conflicts.set(policy.key, `port ${port} is taken by ${holder}`)
      } else if (protocol === 'tcp') tcp.set(port, backend.name)
      else route(port, policy, backend)
    }
    // After its own port 80, if it has one: hosts that lead somewhere stay.
    const first = policy.backends.find(({ port }) => port.protocol === 'http')
    if (first !== undefined) route(HTTP_PORT, policy, first)
  }
  const hosts = [...http].map(([port, byHost]): [number, Hosts] => [port, Object.fromEntries(byHost)])
  return { frontends: { http: Object.fromEntries(hosts), tcp: Object.fromEntries(tcp) }, conflicts }
}
