import { HTTP_PORT } from '../../model/listener.ts'
import {
  backendName,
  consulServiceName,
  domainName,
  HAPROXY_CONSUL_SERVICE,
  meshNames,
  qualifiedName,
} from '../../model/names.ts'
import type { BackendPolicy } from '../../model/policy.ts'
import type { ServiceKey, ServicePort, ServiceSpec } from '../../model/service.ts'
import type { Declaration, Problem } from './declaration.ts'

/** What a service gets of all that the declared services ask for together. */
export interface Claims {
  readonly declaration: Declaration
  readonly spec: ServiceSpec
  /** Host names that are its own, sorted. */
  readonly hosts: readonly string[]
  readonly names: readonly string[]
  readonly backends: readonly BackendPolicy[]
  readonly problems: readonly Problem[]
}

/** Holds what no service can have. */
const SHOAL = 'Shoal itself'

/**
 * Settles what two services cannot both have: Consul names, listener ports, and a host and path on a
 * port. The older keeps it, the newer is told. `declarations` come oldest first. Asked-for hosts go
 * before the names that every service has without asking. `ownHosts` are Shoal's dashboards', if these
 * are on.
 */
export function settleClaims(
  declarations: readonly Declaration[],
  domain: string,
  ownHosts: readonly string[],
): Claims[] {
  const ledger = new Ledger(ownHosts)
  const drafts = declarations.flatMap((declaration) => {
    const { key, spec } = declaration
    if (spec === null) return []
    const problems: Problem[] = [...declaration.problems]
    const backends = claimBackends(ledger, key, spec, problems)
    const draft: Draft = { declaration, spec, backends, problems, hosts: new Set() }
    if (backends.length > 0) for (const host of askedHosts(spec, domain)) askForHost(ledger, draft, host)
    return [draft]
  })
  const serving = drafts.filter(({ backends }) => backends.length > 0)
  for (const draft of serving) {
    const qualified = qualifiedName(draft.spec)
    for (const host of [qualified, domainName(qualified, domain)]) claimHost(ledger, draft, host)
  }
  for (const draft of serving) claimHost(ledger, draft, draft.spec.name)
  return drafts.map((draft) => {
    const names = new Set([...meshNames(draft.spec), ...draft.spec.aliases])
    return {
      ...draft,
      hosts: [...draft.hosts].toSorted(),
      names: [...names].filter((name) => draft.hosts.has(name)),
    }
  })
}

interface Draft {
  readonly declaration: Declaration
  readonly spec: ServiceSpec
  readonly backends: readonly BackendPolicy[]
  readonly problems: Problem[]
  readonly hosts: Set<string>
}

/** Who holds what. */
class Ledger {
  readonly #consulNames = new Map<string, string>([
    ['consul', 'Consul itself'],
    [HAPROXY_CONSUL_SERVICE, SHOAL],
  ])
  readonly #listeners = new Map<number, string>()
  /** By port, host and path. */
  readonly #routes = new Map<string, string>()

  constructor(ownHosts: readonly string[]) {
    for (const host of ownHosts) this.#routes.set(routeName(HTTP_PORT, host), SHOAL)
  }

  /** Who holds it already; null if it is this service's now. */
  claimConsulName(name: string, key: ServiceKey): string | null {
    return claim(this.#consulNames, name, key)
  }

  /** Likewise. HTTP services share a listener, told apart by host; a TCP service has its listener alone. */
  claimListener({ port, protocol }: ServicePort, key: ServiceKey): string | null {
    return claim(this.#listeners, port, protocol === 'http' ? 'HTTP services' : key)
  }

  /** A host with all its paths on these ports, likewise: on all of them or on none. */
  claimHost(host: string, ports: readonly number[], key: ServiceKey): string | null {
    const routes = ports.map((port) => routeName(port, host))
    const holders = routes.map((route) => this.#routes.get(route) ?? key)
    const holder = holders.find((each) => each !== key) ?? null
    if (holder === null) for (const route of routes) this.#routes.set(route, key)
    return holder
  }
}

function routeName(port: number, host: string, path = '/'): string {
  return `${port} ${host}${path}`
}

function claim<K>(holders: Map<K, string>, what: K, holder: string): string | null {
  const before = holders.get(what)
  if (before !== undefined && before !== holder) return before
  holders.set(what, holder)
  return null
}

/** Hosts that a spec names, each once. */
function askedHosts({ hosts, aliases }: ServiceSpec, domain: string): Set<string> {
  return new Set([...hosts, ...aliases.flatMap((alias) => [alias, domainName(alias, domain)])])
}

/**
 * Every service claims its hosts on HAProxy's own HTTP port, one that speaks TCP alone too: they are
 * its names in DNS.
 */
function claimHost(ledger: Ledger, { declaration, backends, hosts }: Draft, host: string): string | null {
  const http = backends.filter(({ port }) => port.protocol === 'http').map(({ port }) => port.port)
  const holder = ledger.claimHost(host, [HTTP_PORT, ...http], declaration.key)
  if (holder === null) hosts.add(host)
  return holder
}

function askForHost(ledger: Ledger, draft: Draft, host: string): void {
  const holder = claimHost(ledger, draft, host)
  if (holder === null) return
  const why =
    holder === SHOAL ? 'is Shoal’s own while its dashboards are on' : `is held by ${holder}, which is older`
  draft.problems.push({ reason: 'HostConflict', message: `host ${host} ${why}` })
}

function claimBackends(
  ledger: Ledger,
  key: ServiceKey,
  spec: ServiceSpec,
  problems: Problem[],
): BackendPolicy[] {
  return spec.ports.flatMap((port) => {
    const consulService = consulServiceName(spec, port)
    const namesake = ledger.claimConsulName(consulService, key)
    if (namesake !== null) {
      const message = `port ${port.name}: Consul service ${consulService} is held by ${namesake}`
      problems.push({ reason: 'NameConflict', message })
      return []
    }
    const holder = ledger.claimListener(port, key)
    if (holder !== null) {
      const message = `port ${port.name}: ${port.protocol} port ${port.port} is held by ${holder}`
      problems.push({ reason: 'PortConflict', message })
      return []
    }
    return [{ name: backendName(spec, port), consulService, port }]
  })
}
