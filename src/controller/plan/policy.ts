import { routesOfHosts } from '../../model/policy.ts'
import type { Policy } from '../../model/policy.ts'
import type { Claims } from './claims.ts'
import { hashOf } from '../../lib/hash.ts'

/** What the proxies are told of a service, with its revision. */
export function policyOf({ declaration, spec, backends, hosts, names }: Claims): Policy {
  const { locality, drain, maxConnections, timeout } = spec
  const { key, specSource: source, createdAt } = declaration
  const content = {
    key,
    backends,
    routes: routesOfHosts(hosts, backends),
    names,
    locality,
    drain,
    maxConnections,
    timeout,
    spec,
    source,
    createdAt,
  }
  return { ...content, revision: hashOf(content) }
}
