import type { ClusterNode, Workload, ClusterSnapshot, Instance } from '../../src/model/cluster.ts'

export function workload(id: string, more: Partial<Workload> = {}): Workload {
  return {
    id,
    name: `stack_${id}`,
    group: 'stack',
    labels: {},
    containerLabels: {},
    env: {},
    publishedPorts: [],
    previous: null,
    createdAt: '2026-01-01T00:00:00Z',
    moving: false,
    wanted: 1,
    ...more,
  }
}

export function instance(id: string, serviceId: string, more: Partial<Instance> = {}): Instance {
  return {
    id,
    workloadId: serviceId,
    workload: `stack_${serviceId}`,
    slot: 1,
    nodeId: 'n1',
    desired: 'running',
    state: 'running',
    addresses: {},
    containerId: null,
    error: '',
    ...more,
  }
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
  return { workloads: [], instances: [], nodes: [node('n1')], specs: [], self: 'n1', ...more }
}
