import type { ServiceKey, ServicePort, ServiceSpec } from './service.ts'
import type { SwarmTask } from './swarm.ts'

type Named = Pick<ServiceSpec, 'namespace' | 'name'>

export const DEFAULT_NAMESPACE = 'default'

/** Name under which Consul lists Shoal's own HAProxies. */
export const HAPROXY_CONSUL_SERVICE = 'shoal-haproxy'

/** Link-local address of CoreDNS, the same on every node (see swarm/images/dns). */
export const DNS_ADDRESS = '169.254.20.10'

export function serviceKey({ namespace, name }: Named): ServiceKey {
  return `${namespace}/${name}`
}

/** The namespace a stack's services get when the spec names none: the stack's name made a DNS label. */
export function namespaceOfStack(stack: string | null): string {
  const label = (stack ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return label === '' ? DEFAULT_NAMESPACE : label
}

/** Consul service of a port: `<name>` in the default namespace, else `<name>-<namespace>`; ports after the first add `-<port name>`. */
export function consulServiceName(service: Named & Pick<ServiceSpec, 'ports'>, port: ServicePort): string {
  const base = service.namespace === DEFAULT_NAMESPACE ? service.name : `${service.name}-${service.namespace}`
  return port.name === service.ports[0]?.name ? base : `${base}-${port.name}`
}

/** HAProxy backend of a port: `<namespace>_<name>`; ports after the first add `_<port name>`. */
export function backendName(service: Named & Pick<ServiceSpec, 'ports'>, port: ServicePort): string {
  const base = `${service.namespace}_${service.name}`
  return port.name === service.ports[0]?.name ? base : `${base}_${port.name}`
}

/** Short names that HAProxy and CoreDNS answer to on the mesh, the unambiguous one first. */
export function meshNames({ namespace, name }: Named): readonly string[] {
  return [`${name}.${namespace}`, name]
}

/** The name under the base domain that each service has without asking. */
export function domainName({ namespace, name }: Named, domain: string): string {
  return `${name}.${namespace}.${domain}`
}

/** A task's container name, as `docker ps` shows it; HAProxy's server name. */
export function containerName(task: Pick<SwarmTask, 'serviceName' | 'slot' | 'nodeId' | 'id'>): string {
  return `${task.serviceName}.${task.slot ?? task.nodeId}.${task.id}`
}

/** Consul's ID for one port of a task. By Consul service, not by port name: two services may select the same tasks. */
export function registrationId(container: string, consulService: string): string {
  return `${container}:${consulService}`
}

/** The container name in a registration's ID. */
export function containerOfRegistration(id: string): string {
  return id.slice(0, id.lastIndexOf(':'))
}

export const KV_SERVICES = 'shoal/services/'
export const KV_SERVICE_STATUS = 'shoal/status/services/'
export const KV_PROXY_STATUS = 'shoal/status/proxies/'
