import type { Policy } from '../../src/model/policy.ts'
import type { SpecConfig, SwarmNode, SwarmService, SwarmSnapshot, SwarmTask } from '../../src/model/swarm.ts'
import type { PlanInput } from '../../src/plan/plan.ts'

/** Builders of plain data for plan tests: what a test does not name has a plain default. */

export const deployment = {
  mesh: 'shoal_mesh',
  control: 'shoal_control',
  haproxy: 'shoal_haproxy',
  consulAgent: 'shoal_consul-agent',
}

export function specText(name: string, spec = ''): string {
  return `apiVersion: shoal.dev/v1
kind: Service
metadata: {name: ${name}}
spec:
  ports: [{name: http, port: 80, targetPort: 8080, protocol: http}]
${spec}`
}

export function service(name: string, changes: Partial<SwarmService> = {}): SwarmService {
  return {
    id: `id-${name}`,
    name,
    stack: name.split('_')[0] ?? null,
    labels: {},
    previousLabels: null,
    env: {},
    createdAt: '2026-01-01T00:00:00Z',
    updating: false,
    replicas: 1,
    ...changes,
  }
}

export function labelled(name: string, spec = '', changes: Partial<SwarmService> = {}): SwarmService {
  const short = name.split('_')[1] ?? name
  return service(name, { labels: { 'shoal.spec': specText(short, spec) }, ...changes })
}

export function task(id: string, serviceName: string, changes: Partial<SwarmTask> = {}): SwarmTask {
  return {
    id,
    serviceId: `id-${serviceName}`,
    serviceName,
    slot: 1,
    nodeId: 'n1',
    desired: 'running',
    state: 'running',
    addresses: { shoal_mesh: `10.0.0.${id.length + (id.codePointAt(id.length - 1) ?? 0)}` },
    containerId: `c-${id}`,
    error: '',
    ...changes,
  }
}

export function node(id: string, changes: Partial<SwarmNode> = {}): SwarmNode {
  return {
    id,
    hostname: `host-${id}`,
    status: 'ready',
    availability: 'active',
    role: 'manager',
    leader: id === 'n1',
    zone: null,
    ...changes,
  }
}

export function config(name: string, text: string, changes: Partial<SpecConfig> = {}): SpecConfig {
  return { id: `id-${name}`, name, labels: {}, createdAt: '2026-01-01T00:00:00Z', text, ...changes }
}

export function snapshot(changes: Partial<SwarmSnapshot> = {}): SwarmSnapshot {
  return { services: [], tasks: [], nodes: [node('n1'), node('n2')], configs: [], self: 'n1', ...changes }
}

export function planInput(observed: SwarmSnapshot, known: readonly Policy[] = []): PlanInput {
  return {
    snapshot: observed,
    known: new Map(known.map((policy) => [policy.key, policy])),
    absentBefore: new Set(),
    deployment,
    domain: 'example.test',
  }
}
