import type { Refusal } from '../../model/haproxy.ts'
import type { ServiceKey } from '../../model/service.ts'
import type { ProxyReport } from '../../model/status.ts'
import type { NodePlan } from './plan.ts'

/** What HAProxy was seen to have taken. */
export interface Programmed {
  /** Whether its structure is the plan's. */
  readonly structure: boolean
  /** Backends whose servers are as planned. */
  readonly backends: ReadonlySet<string>
  readonly refusals: readonly Refusal[]
}

/**
 * What to tell the controller of a service; null while it is still being programmed: then what was
 * told before stands.
 */
export function reportOf(
  key: ServiceKey,
  plan: NodePlan,
  { structure, backends, refusals }: Programmed,
): ProxyReport | null {
  const service = plan.services.get(key)
  if (service === undefined || !structure) return null
  const refused = refusals.find((refusal) => concerns(refusal, service.backends, service.httpPorts))
  const error = refused === undefined ? service.conflict : `${refused.file}: ${refused.complaint}`
  if (error === null && !service.backends.every((name) => backends.has(name))) return null
  const servers = service.backends.map((name) => [name, plan.backends.get(name)?.servers ?? {}])
  const { nodeName: node, zone } = plan.self
  return { key, node, zone, revision: service.revision, error, backends: Object.fromEntries(servers) }
}

/** A refusal is about a backend, or an HTTP port; else about all. */
function concerns(
  { backend, port }: Refusal,
  backends: readonly string[],
  httpPorts: readonly number[],
): boolean {
  if (backend !== null) return backends.includes(backend)
  return port === null || httpPorts.includes(port)
}
