import {
  backendName,
  consulServiceName,
  domainName,
  HAPROXY_CONSUL_SERVICE,
  meshNames,
  qualifiedName,
} from '../../model/names.ts'
import type { BackendPolicy } from '../../model/policy.ts'
import type { ServiceKey, ServiceSpec } from '../../model/service.ts'
import type { Declaration, Problem } from './declaration.ts'

/** What a service gets of all that the declared services ask for together. */
export interface Claims {
  readonly declaration: Declaration
  readonly spec: ServiceSpec
  readonly hosts: readonly string[]
  readonly names: readonly string[]
  readonly backends: readonly BackendPolicy[]
  readonly problems: readonly Problem[]
}

type Holders = Map<string, ServiceKey>

/** Holds what no service can have. */
const SHOAL = 'Shoal itself'

/**
 * Settles what two services cannot both have: Consul names, hosts, listener ports. The older keeps it, the newer is
 * told. `declarations` come oldest first. Asked-for hosts go before the names that every service has without asking.
 * `ownHosts` are Shoal's dashboards', if these are on.
 */
export function settleClaims(
  declarations: readonly Declaration[],
  domain: string,
  ownHosts: readonly string[],
): Claims[] {
  const consulNames: Holders = new Map([
    ['consul', 'Consul itself'],
    [HAPROXY_CONSUL_SERVICE, SHOAL],
  ])
  const listeners: Holders = new Map()
  const hosts: Holders = new Map(ownHosts.map((host) => [host, SHOAL]))
  const drafts = declarations.flatMap((declaration) => {
    const { spec } = declaration
    if (spec === null) return []
    const problems: Problem[] = [...declaration.problems]
    const backends = claimBackends(declaration.key, spec, consulNames, listeners, problems)
    if (backends.length > 0)
      for (const host of askedHosts(spec, domain)) claimHost(host, declaration.key, hosts, problems)
    return [{ declaration, spec, backends, problems }]
  })
  const serving = drafts.filter(({ backends }) => backends.length > 0)
  for (const { declaration, spec } of serving) {
    const qualified = qualifiedName(spec)
    for (const name of [qualified, domainName(qualified, domain)]) claim(hosts, name, declaration.key)
  }
  for (const { declaration, spec } of serving) claim(hosts, spec.name, declaration.key)
  const held = Map.groupBy(hosts.keys(), (host) => hosts.get(host))
  return drafts.map((draft) => {
    const own = (held.get(draft.declaration.key) ?? []).toSorted()
    const names = [...meshNames(draft.spec), ...draft.spec.aliases]
    return { ...draft, hosts: own, names: [...new Set(names)].filter((name) => own.includes(name)) }
  })
}

/** Hosts that a spec names, each once. */
function askedHosts({ hosts, aliases }: ServiceSpec, domain: string): Set<string> {
  return new Set([...hosts, ...aliases.flatMap((alias) => [alias, domainName(alias, domain)])])
}

function claim(holders: Holders, what: string, key: ServiceKey): ServiceKey | null {
  const holder = holders.get(what)
  if (holder !== undefined && holder !== key) return holder
  holders.set(what, key)
  return null
}

function claimHost(host: string, key: ServiceKey, hosts: Holders, problems: Problem[]): void {
  const holder = claim(hosts, host, key)
  if (holder === null) return
  const why =
    holder === SHOAL ? 'is Shoal’s own while its dashboards are on' : `is held by ${holder}, which is older`
  problems.push({ reason: 'HostConflict', message: `host ${host} ${why}` })
}

function claimBackends(
  key: ServiceKey,
  spec: ServiceSpec,
  consulNames: Holders,
  listeners: Holders,
  problems: Problem[],
): BackendPolicy[] {
  return spec.ports.flatMap((port) => {
    const consulService = consulServiceName(spec, port)
    const namesake = claim(consulNames, consulService, key)
    if (namesake !== null) {
      const message = `port ${port.name}: Consul service ${consulService} is held by ${namesake}`
      problems.push({ reason: 'NameConflict', message })
      return []
    }
    // HTTP services share a listener, told apart by host; a TCP service has its listener alone.
    const listener = claim(listeners, String(port.port), port.protocol === 'http' ? 'HTTP services' : key)
    if (listener !== null) {
      const message = `port ${port.name}: ${port.protocol} port ${port.port} is held by ${listener}`
      problems.push({ reason: 'PortConflict', message })
      return []
    }
    return [{ name: backendName(spec, port), consulService, port }]
  })
}
