import { HAPROXY_CONSUL_SERVICE, registrationId } from '../../model/names.ts'
import type { ConsulCheck, Registration } from '../../model/registration.ts'
import type { BackendPolicy } from '../../model/policy.ts'
import type { HealthCheck, ServiceKey, ServicePort, ServiceSpec } from '../../model/service.ts'
import type { ClusterNode, ClusterSnapshot, Instance, Workload } from '../../model/cluster.ts'
import type { Deployment } from '../../model/deployment.ts'
import type { Claims } from './claims.ts'
import { hashOf } from '../../lib/hash.ts'
import { instancesOf, versionOf, workloadNamed } from './lookup.ts'
import { identicalItems } from '../../lib/same.ts'
import { shareList } from '../../lib/share.ts'

/** HAProxy's own check: `GET /healthz` on the port inside its container. */
const HAPROXY_PORT: ServicePort = { name: 'http', port: 80, targetPort: 80, protocol: 'http' }
const HAPROXY_CHECK: HealthCheck = {
  type: 'http',
  path: '/healthz',
  host: null,
  port: null,
  interval: 1000,
  timeout: 500,
}

/** The registrations of one service's instances, and what they follow from. */
interface ServiceRegistrations {
  readonly from: Claims | Deployment
  readonly workload: Workload | undefined
  readonly instances: readonly Instance[]
  readonly nodes: readonly ClusterNode[]
  readonly registrations: readonly Registration[]
}

/** Whose instances are registered: a declared service, or Shoal's own HAProxies. */
type Registrant = ServiceKey | typeof HAPROXY_CONSUL_SERVICE

export interface Registrations {
  readonly ofServices: ReadonlyMap<Registrant, ServiceRegistrations>
  /** What each node's Consul agent should hold, by node ID. */
  readonly ofNodes: ReadonlyMap<string, readonly Registration[]>
}

/** As in a plan. */
interface Before {
  readonly registrations: Registrations['ofNodes']
  readonly byService: Registrations['ofServices']
}

/** Registrations are made anew only for services of which something is not the same as `before`. */
export function desiredRegistrations(
  snapshot: ClusterSnapshot,
  claims: readonly Claims[],
  deployment: Deployment,
  before: Before | null,
): Registrations {
  const { nodes } = snapshot
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const make = (key: Registrant, name: string, from: Claims | Deployment): ServiceRegistrations => {
    const instances = instancesOf(snapshot, name)
    const workload = workloadNamed(snapshot, name)
    const known = before?.byService.get(key)
    if (
      known?.from === from &&
      known.workload === workload &&
      identicalItems(known.instances, instances) &&
      identicalItems(known.nodes, nodes)
    ) {
      return known
    }
    const servedOf = (instance: Instance): Served =>
      'spec' in from ? servedBy(from, instance, workload) : SHOAL_ITSELF
    const made = registrationsOf(servedOf, instances, byId, deployment.mesh)
    return { from, workload, instances, nodes, registrations: shareEqual(known?.registrations ?? [], made) }
  }
  const ofServices = new Map<Registrant, ServiceRegistrations>(
    claims.map((claim) => {
      const { key } = claim.declaration
      return [key, make(key, claim.spec.selector.service, claim)]
    }),
  )
  ofServices.set(HAPROXY_CONSUL_SERVICE, make(HAPROXY_CONSUL_SERVICE, deployment.haproxy, deployment))
  const lists = new Map<string, Registration[]>(nodes.map(({ id }) => [id, []]))
  for (const { registrations } of ofServices.values()) {
    for (const registration of registrations) lists.get(registration.meta['shoal-node'])?.push(registration)
  }
  const ofNodes = [...lists].map(
    ([id, list]) => [id, shareList(before?.registrations.get(id), list)] as const,
  )
  return { ofServices, ofNodes: new Map(ofNodes) }
}

function shareEqual(before: readonly Registration[], now: readonly Registration[]): readonly Registration[] {
  const known = new Map(before.map((registration) => [registration.id, registration]))
  return now.map((registration) => {
    const { id, meta, maintenance, asHeld } = registration
    const was = known.get(id)
    const isSame = was?.meta['shoal-hash'] === meta['shoal-hash'] && was.asHeld === asHeld
    return isSame && was.maintenance === maintenance ? was : registration
  })
}

/** What is registered of each instance of a service. */
interface Served {
  readonly key: Registrant
  readonly backends: readonly Pick<BackendPolicy, 'consulService' | 'port'>[]
  /** Of the whole service, also those that it could not have. */
  readonly ports: readonly ServicePort[]
  readonly tags: readonly string[]
  readonly health: HealthCheck
  /** Whether what is registered of the instance already stays. */
  readonly asHeld: boolean
}

const SHOAL_ITSELF: Served = {
  key: HAPROXY_CONSUL_SERVICE,
  backends: [{ consulService: HAPROXY_CONSUL_SERVICE, port: HAPROXY_PORT }],
  ports: [HAPROXY_PORT],
  tags: [],
  health: HAPROXY_CHECK,
  asHeld: false,
}

/** An instance of an earlier version listens as that one says, and not as the one in force does. */
function servedBy(claims: Claims, instance: Instance, workload: Workload | undefined): Served {
  const { declaration, spec, backends } = claims
  const { key, earlier } = declaration
  const now: Served = { ...spec, key, backends, asHeld: false }
  const version = earlier === null ? 'current' : versionOf(instance, workload)
  if (earlier === null || version === 'current') return now
  if (version === 'other' || earlier.spec === null) return { ...now, asHeld: true }
  return { ...now, ...earlierPorts(backends, spec, earlier.spec) }
}

/** What an earlier version has of these backends: a port is the same one by its name. */
function earlierPorts(
  backends: readonly BackendPolicy[],
  { ports: newer }: ServiceSpec,
  { ports, tags, health }: ServiceSpec,
): Omit<Served, 'key' | 'asHeld'> {
  const [first] = ports
  const same = (port: ServicePort): ServicePort | undefined =>
    port.name === newer[0]?.name ? first : ports.find(({ name }) => name === port.name)
  const had = backends.flatMap(({ consulService, port }) => {
    const before = same(port)
    return before === undefined ? [] : [{ consulService, port: { ...before, name: port.name } }]
  })
  return { backends: had, ports, tags, health }
}

function registrationsOf(
  servedOf: (instance: Instance) => Served,
  instances: readonly Instance[],
  nodes: ReadonlyMap<string, ClusterNode>,
  mesh: string,
): Registration[] {
  return instances.flatMap((instance) => {
    const node = nodes.get(instance.nodeId ?? '')
    const address = instance.addresses[mesh]
    if (node === undefined || address === undefined || instance.phase === 'ended') return []
    const served = servedOf(instance)
    return served.backends.map((backend) => registrationOf({ instance, node, address }, served, backend))
  })
}

/** Where a task is: its node, and its address on the mesh. */
interface PlacedInstance {
  readonly instance: Instance
  readonly node: ClusterNode
  readonly address: string
}

function registrationOf(
  { instance, node, address }: PlacedInstance,
  { key, ports, tags, health, asHeld }: Served,
  { consulService, port }: Served['backends'][number],
): Registration {
  const content = {
    id: registrationId(instance.name, consulService),
    service: consulService,
    address,
    port: port.targetPort,
    tags,
    check: checkOf(health, ports, port, address),
  }
  const meta = {
    'shoal-service': key,
    'shoal-port': port.name,
    'shoal-task': instance.id,
    'shoal-node': node.id,
    'shoal-node-name': node.hostname,
    'shoal-zone': node.zone ?? '',
  }
  return {
    ...content,
    meta: { ...meta, 'shoal-hash': hashOf({ content, meta }) },
    maintenance: instance.phase === 'stopping' ? instance.why : null,
    asHeld,
  }
}

/** A TCP port beside HTTP ones gets a TCP check, unless the check's port is spelled out. */
function checkOf(
  health: HealthCheck,
  ports: readonly ServicePort[],
  port: ServicePort,
  address: string,
): ConsulCheck {
  const besideHttp = port.protocol === 'tcp' && ports.some((other) => other.protocol === 'http')
  const type = besideHttp && health.port === null ? 'tcp' : health.type
  const target = `${address}:${health.port ?? port.targetPort}`
  const { interval, timeout } = health
  return type === 'http'
    ? { http: `http://${target}${health.path}`, tcp: null, host: health.host, interval, timeout }
    : { http: null, tcp: target, host: null, interval, timeout }
}
