import { leads } from '../../src/docker/leader.ts'
import type { ClusterNode, ClusterSnapshot, Instance, Workload } from '../../src/model/cluster.ts'
import { instanceOfTask } from './task.ts'
import type { Task } from './task.ts'

export function workload(id: string, more: Partial<Workload> = {}): Workload {
  return {
    id,
    name: `stack_${id}`,
    group: 'stack',
    nameInGroup: id,
    labels: {},
    containerLabels: {},
    env: {},
    publishedPorts: [],
    template: '',
    previous: null,
    createdAt: '2026-01-01T00:00:00Z',
    moving: false,
    wanted: 1,
    ...more,
  }
}

/** As the adapter reads a task like this. */
export function instance(id: string, serviceId: string, more: Partial<Task> = {}): Instance {
  return instanceOfTask({
    id,
    serviceId,
    serviceName: `stack_${serviceId}`,
    slot: 1,
    nodeId: 'n1',
    desired: 'running',
    state: 'running',
    error: '',
    addresses: {},
    ...more,
  })
}

export function node(id: string, more: Partial<ClusterNode> = {}): ClusterNode {
  return {
    id,
    hostname: id,
    status: 'ready',
    availability: 'active',
    role: 'manager',
    leader: false,
    zone: null,
    ...more,
  }
}

export function snapshot(more: Partial<ClusterSnapshot> = {}): ClusterSnapshot {
  const made = { workloads: [], instances: [], nodes: [node('n1')], specs: [], self: 'n1', ...more }
  return { acting: leads(made), ...made }
}
