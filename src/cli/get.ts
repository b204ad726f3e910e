import { createConsul } from '../consul/client.ts'
import type { ConsulClient } from '../consul/client.ts'
import { readKvPrefix } from '../consul/kv.ts'
import { healthQuery } from '../consul/watch.ts'
import type { Endpoint } from '../model/endpoint.ts'
import { KV_PROXY_STATUS, KV_SERVICE_STATUS, KV_SERVICES } from '../model/names.ts'
import type { Policy } from '../model/policy.ts'
import type { ServiceKey } from '../model/service.ts'
import { readPolicies } from '../reconcile/controller-state.ts'
import { readReports, readStatuses } from '../reconcile/controller-status.ts'
import { formatOutput, UserError } from './output.ts'
import type { Format } from './output.ts'
import { endpointsTable, endpointViews, servicesTable, serviceViews } from './service-view.ts'

export interface GetOptions {
  /** Null shows all namespaces. */
  readonly namespace: string | null
  readonly output: Format
}

/** What `shoal get services` prints. */
export async function getServices(
  consulUrl: string,
  { namespace, output }: GetOptions,
  now: number,
): Promise<string> {
  const consul = createConsul(consulUrl)
  const [policies, statuses] = await Promise.all([
    readKvPrefix(consul, KV_SERVICES),
    readKvPrefix(consul, KV_SERVICE_STATUS),
  ])
  const views = serviceViews(readPolicies(policies), readStatuses(statuses)).filter(
    (view) => namespace === null || view.namespace === namespace,
  )
  return formatOutput(views, output, () => servicesTable(views, now))
}

/** What `shoal get endpoints <service>` prints. */
export async function getEndpoints(
  consulUrl: string,
  service: string,
  { namespace, output }: GetOptions,
): Promise<string> {
  const consul = createConsul(consulUrl)
  const policies = readPolicies(await readKvPrefix(consul, KV_SERVICES))
  const policy = findService(policies, service, namespace)
  const endpoints = new Map<string, readonly Endpoint[]>()
  for (const { name, consulService } of policy.backends)
    endpoints.set(name, await endpointsOf(consul, consulService))
  const reports = readReports(await readKvPrefix(consul, KV_PROXY_STATUS))
  const views = endpointViews(
    endpoints,
    reports.filter(({ key }) => key === policy.key),
  )
  return formatOutput(views, output, () => endpointsTable(views))
}

/** Finds `www`, `hello/www` or `www.hello`. Throws UserError that names what there is. */
export function findService(
  policies: ReadonlyMap<ServiceKey, Policy>,
  wanted: string,
  namespace: string | null,
): Policy {
  const matches = [...policies.values()].filter(({ spec }) => {
    const names = [spec.name, `${spec.namespace}/${spec.name}`, `${spec.name}.${spec.namespace}`]
    return names.includes(wanted) && (namespace === null || spec.namespace === namespace)
  })
  const [match] = matches
  if (match !== undefined && matches.length === 1) return match
  if (match !== undefined)
    throw new UserError(`service ${wanted} is in several namespaces: name one of ${keysOf(matches)}`)
  throw new UserError(`no service ${wanted}; there are: ${keysOf([...policies.values()]) || 'none'}`)
}

function keysOf(policies: readonly Policy[]): string {
  return policies.map(({ key }) => key).join(', ')
}

async function endpointsOf(consul: ConsulClient, service: string): Promise<readonly Endpoint[]> {
  const { value } = await healthQuery(consul, service)(null, AbortSignal.timeout(5000))
  return value
}
