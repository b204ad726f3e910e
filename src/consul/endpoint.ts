import type { Endpoint, EndpointHealth } from '../model/endpoint.ts'
import { containerOfRegistration } from '../model/names.ts'
import { finding } from './check.ts'
import { asList, asObject, asText } from '../lib/unknown.ts'
import { by } from '../lib/order.ts'

const MAINTENANCE = /^_(service_maintenance:|node_maintenance$)/

export function isMaintenance(checkId: string): boolean {
  return MAINTENANCE.test(checkId)
}

/**
 * What an instance's checks say together, its node's among them. Maintenance is a decision and
 * outranks all; a lost agent can say nothing of its tasks; one failing check outranks one that has
 * not run.
 */
export function endpointHealth(checks: readonly unknown[]): EndpointHealth {
  const byId = new Map(checks.map((check) => [asText(asObject(check)['CheckID']), check]))
  if ([...byId.keys()].some(isMaintenance)) return 'draining'
  if (asObject(byId.get('serfHealth'))['Status'] === 'critical') return 'stale'
  const findings = new Set([...byId.values()].map(finding))
  if (findings.has('critical')) return 'critical'
  return findings.has('unchecked') ? 'pending' : 'passing'
}

/** An entry of `/v1/health/service/<name>`; null for an instance that is not Shoal's. */
export function toEndpoint(entry: unknown): Endpoint | null {
  const { Service, Checks } = asObject(entry)
  const { ID, Address, Port, Meta } = asObject(Service)
  const meta = asObject(Meta)
  if (asText(meta['shoal-hash']) === '' || typeof Port !== 'number') return null
  return {
    server: containerOfRegistration(asText(ID)),
    task: asText(meta['shoal-task']),
    node: asText(meta['shoal-node']),
    nodeName: asText(meta['shoal-node-name']),
    zone: asText(meta['shoal-zone']) || null,
    address: asText(Address),
    port: Port,
    health: endpointHealth(asList(Checks)),
  }
}

/**
 * All of Shoal's instances in an answer of `/v1/health/service/<name>`, by server name. One that
 * two agents claim (a node that changed its Consul name leaves its old one behind for a while)
 * counts once, by the agent that lives.
 */
export function toEndpoints(answer: unknown): readonly Endpoint[] {
  const byServer = new Map<string, Endpoint>()
  for (const entry of asList(answer)) {
    const endpoint = toEndpoint(entry)
    if (endpoint === null) continue
    const known = byServer.get(endpoint.server)
    if (known === undefined || known.health === 'stale') byServer.set(endpoint.server, endpoint)
  }
  return [...byServer.values()].sort(by(({ server }) => server))
}
