import type { SpecText, ClusterNode, Workload } from '../../../src/model/cluster.ts'
import type { TaskAnswer } from '../../../src/docker/answers.ts'
import type { SimService, SimTask } from './data.ts'
import type { Swarm } from './swarm.ts'

/** What a manager answers when it is asked for lists. */
export interface Lists {
  readonly services: readonly Workload[]
  readonly tasks: readonly TaskAnswer[]
  readonly nodes: readonly ClusterNode[]
  readonly configs: readonly SpecText[]
}

export function listServices(swarm: Swarm): Workload[] {
  return [...swarm.services.values()].map(toWorkload)
}

function toWorkload(service: SimService): Workload {
  const { id, name, createdAt, labels, previousLabels, replicas, updating } = service
  const [stack] = name.split('_')
  const nothing = { containerLabels: {}, env: {}, publishedPorts: [] }
  const previous = previousLabels === null ? null : { ...nothing, labels: previousLabels }
  return {
    ...nothing,
    id,
    name,
    createdAt,
    labels,
    previous,
    wanted: replicas,
    moving: updating,
    group: stack ?? null,
  }
}

/** In Docker's own form: the adapter's reading of it belongs to what is tested. */
export function listTasks(swarm: Swarm): TaskAnswer[] {
  return [...swarm.tasks.values()].map(toAnswer)
}

function toAnswer({ id, service, slot, nodeId, desired, state, addresses, container }: SimTask): TaskAnswer {
  return {
    ID: id,
    ServiceID: service.id,
    Slot: slot,
    NodeID: nodeId,
    DesiredState: desired,
    Status: {
      State: state,
      Err: '',
      ContainerStatus: { ContainerID: container === null ? null : `c-${id}` },
    },
    NetworksAttachments: Object.entries(addresses).map(([network, address]) => ({
      Network: { Spec: { Name: network } },
      Addresses: [`${address}/16`],
    })),
  }
}

export function listNodes({ nodes, leader }: Swarm): ClusterNode[] {
  return nodes.map(({ id, hostname, zone, status }) => ({
    id,
    hostname,
    zone,
    status,
    availability: 'active',
    role: 'manager',
    leader: id === leader,
  }))
}

export function listConfigs(swarm: Swarm): SpecText[] {
  return [...swarm.configs.values()]
}
