import type { ServiceKey, ServicePort, ServiceSpec } from './service.ts'

type Named = Pick<ServiceSpec, 'namespace' | 'name'>

export const DEFAULT_NAMESPACE = 'default'

/** Name under which Consul lists Shoal's own HAProxies. */
export const HAPROXY_CONSUL_SERVICE = 'shoal-haproxy'

/** Link-local address of CoreDNS, the same on every node (see swarm/images/dns). */
export const DNS_ADDRESS = '169.254.20.10'

export function serviceKey({ namespace, name }: Named): ServiceKey {
  return `${namespace}/${name}`
}

export function partsOfKey(key: ServiceKey): Named {
  const end = key.indexOf('/')
  return { namespace: key.slice(0, end), name: key.slice(end + 1) }
}

/** A text that may be a key, of unknown origin; null if it is none. */
export function asServiceKey(text: string): ServiceKey | null {
  return isServiceKey(text) ? text : null
}

function isServiceKey(text: string): text is ServiceKey {
  const end = text.indexOf('/')
  return end > 0 && end < text.length - 1 && !text.includes('/', end + 1)
}

/**
 * The key under which a declaration is told of that did not get the one it asks for:
 * `hello/www@shop_www`. `holder` names the config or the Swarm service that it is in. No name of a
 * service has an `@`.
 */
export function duplicateKey(key: ServiceKey, holder: string): ServiceKey {
  return `${key}@${holder}`
}

/**
 * The namespace a stack's services get when the spec names none: the stack's name made a DNS label.
 */
export function namespaceOfStack(stack: string | null): string {
  const label = dnsLabel(stack ?? '')
  return label === '' ? DEFAULT_NAMESPACE : label
}

/** A text with all that a DNS label can't hold made hyphens; empty if nothing else is in it. */
export function dnsLabel(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
}

/**
 * Consul service of a port: `<name>` in the default namespace, else `<name>-<namespace>`; ports
 * after the first add `-<port name>`. A namespace's dots become hyphens: DNS asks Consul for one
 * label.
 */
export function consulServiceName(service: Named & Pick<ServiceSpec, 'ports'>, port: ServicePort): string {
  const { name, namespace } = service
  const base = namespace === DEFAULT_NAMESPACE ? name : `${name}-${namespace.replaceAll('.', '-')}`
  return port.name === service.ports[0]?.name ? base : `${base}-${port.name}`
}

/** HAProxy backend of a port: `<namespace>_<name>`; ports after the first add `_<port name>`. */
export function backendName(service: Named & Pick<ServiceSpec, 'ports'>, port: ServicePort): string {
  const base = `${service.namespace}_${service.name}`
  return port.name === service.ports[0]?.name ? base : `${base}_${port.name}`
}

/** The unambiguous short name that HAProxy and CoreDNS answer to on the mesh. */
export function qualifiedName({ namespace, name }: Named): string {
  return `${name}.${namespace}`
}

/** Short names that HAProxy and CoreDNS answer to on the mesh without being asked. */
export function meshNames(service: Named): readonly string[] {
  return [qualifiedName(service), service.name]
}

/** A short name under the base domain. One that is there already stays. */
export function domainName(name: string, domain: string): string {
  return name.endsWith(`.${domain}`) ? name : `${name}.${domain}`
}

/** Base domain where none is set: every name under it leads to the machine of whoever asks. */
export const DEFAULT_DOMAIN = '127.0.0.1.nip.io'

/** Host names that are Shoal's own while its dashboards are on. */
export function dashboardHosts(domain: string): { readonly consul: string; readonly proxy: string } {
  return { consul: `consul-admin.infra.${domain}`, proxy: `proxy-admin.infra.${domain}` }
}

/**
 * Consul's ID for one port of an instance, by the instance's name. By Consul service, not by port
 * name: two services may select the same tasks.
 */
export function registrationId(container: string, consulService: string): string {
  return `${container}:${consulService}`
}

const CHECK = ':check'

/** ID of a registration's one check. */
export function checkId(registration: string): string {
  return `${registration}${CHECK}`
}

/** The registration's ID in a check's name, which is `<Consul node>/<check ID>`. */
export function registrationOfCheck(check: string): string {
  const id = check.slice(check.indexOf('/') + 1)
  return id.endsWith(CHECK) ? id.slice(0, -CHECK.length) : id
}

/** The name of the container in a registration's ID. */
export function containerOfRegistration(id: string): string {
  return id.slice(0, id.lastIndexOf(':'))
}

/** The ID of the instance that a registration's ID names. */
export function instanceOfRegistration(id: string): string {
  const container = containerOfRegistration(id)
  return container.slice(container.lastIndexOf('.') + 1)
}
