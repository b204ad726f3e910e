import type { Endpoint } from '../model/endpoint.ts'
import type { Policy } from '../model/policy.ts'
import type { ServiceKey } from '../model/service.ts'
import type { ProxyReport } from '../model/status.ts'
import type { ClusterNode } from '../model/cluster.ts'
import { haproxyOf } from './node.ts'
import type { HaproxyView } from './node.ts'
import { by } from '../lib/order.ts'

/** A node's proxy as `shoal get proxies -o json` shows it. */
export interface ProxyView {
  /** Host name. */
  readonly node: string
  readonly zone: string | null
  /** Null if it is not registered. */
  readonly haproxy: HaproxyView | null
  /** One a service in force, by its key. */
  readonly services: readonly ProgrammedService[]
}

export interface ProgrammedService {
  readonly service: ServiceKey
  /** `behind`: an older version of it is in force there, or none. */
  readonly state: 'programmed' | 'behind' | 'refused'
  /** That the proxy has in force; null for none. */
  readonly revision: string | null
  /** HAProxy's words, if it refused the service. */
  readonly error: string | null
}

/** One view a node that is a part of the Swarm, by host name. */
export function proxyViews(
  nodes: readonly ClusterNode[],
  policies: ReadonlyMap<ServiceKey, Policy>,
  reports: readonly ProxyReport[],
  haproxies: readonly Endpoint[],
): ProxyView[] {
  const byNode = Map.groupBy(reports, ({ node }) => node)
  return nodes
    .map(({ id, hostname: node, zone }) => {
      const own = new Map((byNode.get(node) ?? []).map((report) => [report.key, report]))
      const services = [...policies.values()].map((policy) => programmedService(policy, own.get(policy.key)))
      return { node, zone, haproxy: haproxyOf(id, haproxies), services }
    })
    .sort(by(({ node }) => node))
}

function programmedService({ key: service, revision }: Policy, report?: ProxyReport): ProgrammedService {
  const error = report?.error ?? null
  const inForce = report?.revision ?? null
  const taken = inForce === revision ? 'programmed' : 'behind'
  return { service, state: error === null ? taken : 'refused', revision: inForce, error }
}
