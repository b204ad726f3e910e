import type { Endpoint, EndpointHealth } from '../model/endpoint.ts'
import { registrationId, registrationOfCheck } from '../model/names.ts'
import type { Policy } from '../model/policy.ts'
import type { ServiceKey } from '../model/service.ts'
import type { ClusterNode, ClusterSnapshot, Instance } from '../model/cluster.ts'
import { by } from '../lib/order.ts'

/** A node as `shoal get nodes -o json` shows it. */
export interface NodeView {
  /** Host name. */
  readonly name: string
  /** Docker's ID. */
  readonly id: string
  readonly status: ClusterNode['status']
  readonly availability: ClusterNode['availability']
  readonly role: ClusterNode['role']
  readonly leader: boolean
  readonly zone: string | null
  /** Its Consul agent; `none` if Consul knows of none. */
  readonly consulAgent: 'alive' | 'failed' | 'none'
  /** Null if it is not registered. */
  readonly haproxy: HaproxyView | null
  readonly tasks: readonly TaskView[]
}

export interface HaproxyView {
  /** On the mesh. */
  readonly address: string
  readonly health: EndpointHealth
}

/** A task of a declared service. */
export interface TaskView {
  readonly service: ServiceKey
  readonly container: string
  /** Whether it runs and all its checks pass. */
  readonly ready: boolean
}

export interface NodeFacts {
  readonly swarm: ClusterSnapshot
  readonly policies: ReadonlyMap<ServiceKey, Policy>
  readonly haproxies: readonly Endpoint[]
  /** Checks that do not pass, as `<Consul node>/<check ID>`. */
  readonly failing: ReadonlySet<string>
  /** Swarm node ID by Consul node. */
  readonly agents: ReadonlyMap<string, string>
}

/** One view a node, by host name. */
export function nodeViews(facts: NodeFacts): NodeView[] {
  const { swarm, haproxies } = facts
  const tasks = Map.groupBy(swarm.instances.filter(isWanted), ({ nodeId }) => nodeId)
  const notPassing = new Set([...facts.failing].map(registrationOfCheck))
  return swarm.nodes
    .map(({ id, hostname: name, status, availability, role, leader, zone }) => ({
      name,
      id,
      status,
      availability,
      role,
      leader,
      zone,
      consulAgent: agentOf(id, facts),
      haproxy: haproxyOf(id, haproxies),
      tasks: [...facts.policies.values()].flatMap((policy) =>
        (tasks.get(id) ?? [])
          .filter((task) => task.workload === policy.spec.selector.service)
          .map((task) => taskView(task, policy, notPassing)),
      ),
    }))
    .sort(by(({ name }) => name))
}

/** A node's HAProxy, if Consul has it. */
export function haproxyOf(nodeId: string, haproxies: readonly Endpoint[]): HaproxyView | null {
  const own = haproxies.filter(({ node }) => node === nodeId)
  const best = own.find(({ health }) => health === 'passing') ?? own.at(-1)
  return best === undefined ? null : { address: best.address, health: best.health }
}

function isWanted({ wanted, phase }: Instance): boolean {
  return wanted && phase !== 'ended'
}

/** A container of the agent that was replaced may be known as failed for a while. */
function agentOf(nodeId: string, { agents, failing }: NodeFacts): NodeView['consulAgent'] {
  const own = [...agents].filter(([, swarmNode]) => swarmNode === nodeId)
  if (own.length === 0) return 'none'
  return own.some(([consulNode]) => !failing.has(`${consulNode}/serfHealth`)) ? 'alive' : 'failed'
}

function taskView(instance: Instance, { key, backends }: Policy, notPassing: ReadonlySet<string>): TaskView {
  const { name: container, phase } = instance
  const passes = backends.every(
    ({ consulService }) => !notPassing.has(registrationId(container, consulService)),
  )
  return { service: key, container, ready: phase === 'running' && passes }
}
