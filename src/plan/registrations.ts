import { containerName, HAPROXY_CONSUL_SERVICE, registrationId } from '../model/names.ts'
import type { ConsulCheck, Registration } from '../model/registration.ts'
import type { HealthCheck, ServiceKey, ServicePort, ServiceSpec } from '../model/service.ts'
import { isTerminal } from '../model/swarm.ts'
import type { SwarmNode, SwarmSnapshot, SwarmTask } from '../model/swarm.ts'
import type { Claims } from './claims.ts'
import { hashOf } from './hash.ts'

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

/** Where Shoal's own parts are found: names of Swarm services and networks. */
export interface Deployment {
  /** Network of the applications, for example `shoal_mesh`. */
  readonly mesh: string
  /** Network of Consul's HTTP API, for example `shoal_control`. */
  readonly control: string
  /** Swarm service of the HAProxies. */
  readonly haproxy: string
  /** Swarm service of the Consul agents. */
  readonly consulAgent: string
}

/** Names of Shoal's own parts when its stack is deployed under this name. */
export function deploymentOf(stack: string): Deployment {
  return {
    mesh: `${stack}_mesh`,
    control: `${stack}_control`,
    haproxy: `${stack}_haproxy`,
    consulAgent: `${stack}_consul-agent`,
  }
}

/** What each node's Consul agent should hold, by node ID. */
export function desiredRegistrations(
  snapshot: SwarmSnapshot,
  claims: readonly Claims[],
  deployment: Deployment,
): Map<string, Registration[]> {
  const byNode = new Map<string, Registration[]>(snapshot.nodes.map((node) => [node.id, []]))
  const nodes = new Map(snapshot.nodes.map((node) => [node.id, node]))
  const tasks = Map.groupBy(snapshot.tasks, (task) => task.serviceName)
  const add = (task: SwarmTask, make: (node: SwarmNode, address: string) => Registration) => {
    const node = nodes.get(task.nodeId)
    const address = task.addresses[deployment.mesh]
    if (node === undefined || address === undefined || isTerminal(task.state)) return
    byNode.get(node.id)?.push(make(node, address))
  }
  for (const { declaration, spec, backends } of claims)
    for (const task of tasks.get(spec.selector.service) ?? [])
      for (const { consulService, port } of backends)
        add(task, (node, address) =>
          registrationOf(task, node, address, {
            key: declaration.key,
            consulService,
            port,
            tags: spec.tags,
            check: checkOf(spec, port, address),
          }),
        )
  for (const task of tasks.get(deployment.haproxy) ?? [])
    add(task, (node, address) =>
      registrationOf(task, node, address, {
        key: HAPROXY_CONSUL_SERVICE,
        consulService: HAPROXY_CONSUL_SERVICE,
        port: HAPROXY_PORT,
        tags: [],
        check: checkAt(HAPROXY_CHECK, HAPROXY_PORT, address),
      }),
    )
  return byNode
}

interface Served {
  readonly key: ServiceKey
  readonly consulService: string
  readonly port: ServicePort
  readonly tags: readonly string[]
  readonly check: ConsulCheck
}

function registrationOf(task: SwarmTask, node: SwarmNode, address: string, served: Served): Registration {
  const content = {
    id: registrationId(containerName(task), served.consulService),
    service: served.consulService,
    address,
    port: served.port.targetPort,
    tags: served.tags,
    check: served.check,
  }
  const meta = {
    'shoal-service': served.key,
    'shoal-port': served.port.name,
    'shoal-task': task.id,
    'shoal-node': node.id,
    'shoal-node-name': node.hostname,
    'shoal-zone': node.zone ?? '',
  }
  return {
    ...content,
    meta: { ...meta, 'shoal-hash': hashOf({ content, meta }) },
    maintenance: isTerminal(task.desired) ? `Swarm wants the task ${task.desired}` : null,
  }
}

/** A TCP port beside HTTP ones gets a TCP check, unless the check's port is spelled out. */
function checkOf(spec: ServiceSpec, port: ServicePort, address: string): ConsulCheck {
  const besideHttp = port.protocol === 'tcp' && spec.ports.some((other) => other.protocol === 'http')
  const type = besideHttp && spec.health.port === null ? 'tcp' : spec.health.type
  return checkAt({ ...spec.health, type }, port, address)
}

function checkAt(health: HealthCheck, port: ServicePort, address: string): ConsulCheck {
  const target = `${address}:${health.port ?? port.targetPort}`
  const { interval, timeout } = health
  return health.type === 'http'
    ? { http: `http://${target}${health.path}`, tcp: null, host: health.host, interval, timeout }
    : { http: null, tcp: target, host: null, interval, timeout }
}
