import type { SwarmNode, SwarmService, SwarmSnapshot, SwarmTask } from '../../src/model/cluster.ts'

export function service(id: string, more: Partial<SwarmService> = {}): SwarmService {
  return {
    id,
    name: `stack_${id}`,
    stack: 'stack',
    labels: {},
    containerLabels: {},
    env: {},
    publishedPorts: [],
    previous: null,
    createdAt: '2026-01-01T00:00:00Z',
    updating: false,
    replicas: 1,
    ...more,
  }
}

export function task(id: string, serviceId: string, more: Partial<SwarmTask> = {}): SwarmTask {
  return {
    id,
    serviceId,
    serviceName: `stack_${serviceId}`,
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

export function node(id: string, more: Partial<SwarmNode> = {}): SwarmNode {
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

export function snapshot(more: Partial<SwarmSnapshot> = {}): SwarmSnapshot {
  return { services: [], tasks: [], nodes: [node('n1')], configs: [], self: 'n1', ...more }
}
