import type { Policy } from '../../../src/model/policy.ts'
import type {
  WorkloadVersion,
  SpecText,
  ClusterNode,
  Workload,
  ClusterSnapshot,
  Instance,
} from '../../../src/model/cluster.ts'
import { leads } from '../../../src/docker/leader.ts'
import { nameInStack } from '../../../src/docker/narrow.ts'
import { instanceOfTask } from '../../docker/task.ts'
import type { Task } from '../../docker/task.ts'
import { makePlan } from '../../../src/controller/plan/plan.ts'
import type { Plan, PlanInput } from '../../../src/controller/plan/plan.ts'

/** Builders of plain data for plan tests: what a test does not name has a plain default. */

export const deployment = {
  mesh: 'shoal_mesh',
  control: 'shoal_control',
  haproxy: 'shoal_haproxy',
  consulAgent: 'shoal_consul-agent',
}

export const HTTP = { name: 'http', port: 80, targetPort: 8080, protocol: 'http' }

/** A manifest as JSON, which is YAML too. `spec` adds to one HTTP port or replaces it. */
export function specText(name: string, spec: object = {}, metadata: object = {}): string {
  const manifest = { metadata: { name, ...metadata }, spec: { ports: [HTTP], ...spec } }
  return JSON.stringify({ apiVersion: 'shoal.dev/v1', kind: 'Service', ...manifest })
}

/** What a bad version of a spec looks like: its name can be read, its content can't be used. */
export function badText(name: string, metadata: object = {}): string {
  return specText(name, { hots: [] }, metadata)
}

export function workload(name: string, changes: Partial<Workload> = {}): Workload {
  const made = {
    id: `id-${name}`,
    name,
    group: name.split('_')[0] ?? null,
    ...description(),
    previous: null,
    createdAt: '2026-01-01T00:00:00Z',
    moving: false,
    wanted: 1,
    ...changes,
  }
  return { nameInGroup: nameInStack(made.name, made.group), ...made }
}

/** A service with its spec in a label: `hello_www` declares `hello/www`. */
export function labelled(name: string, spec: object = {}, changes: Partial<Workload> = {}): Workload {
  return workload(name, { labels: label(specText(shortName(name), spec)), ...changes })
}

/** What a service says of itself in labels, environment and published ports; nothing by default. */
export function description(changes: Partial<WorkloadVersion> = {}): WorkloadVersion {
  return { labels: {}, containerLabels: {}, env: {}, publishedPorts: [], template: '', ...changes }
}

export function label(text: string): Readonly<Record<string, string>> {
  return { 'shoal.spec': text }
}

function shortName(name: string): string {
  return name.split('_')[1] ?? name
}

/** Numbers for addresses, by the ID of the task that has it. */
const numbers = new Map<string, number>()

/** As Docker's adapter reads a task like this. Each ID has an address of its own unless one is given. */
export function instance(id: string, serviceName: string, changes: Partial<Task> = {}): Instance {
  const number = numbers.get(id) ?? numbers.size + 1
  numbers.set(id, number)
  return instanceOfTask({
    id,
    serviceId: `id-${serviceName}`,
    serviceName,
    slot: 1,
    nodeId: 'n1',
    desired: 'running',
    state: 'running',
    error: '',
    addresses: { shoal_mesh: `10.0.${number >> 8}.${number & 255}` },
    ...changes,
  })
}

export function node(id: string, changes: Partial<ClusterNode> = {}): ClusterNode {
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

export function config(name: string, text: string, changes: Partial<SpecText> = {}): SpecText {
  return {
    id: `id-${name}`,
    name,
    group: null,
    labels: {},
    createdAt: '2026-01-01T00:00:00Z',
    text,
    ...changes,
  }
}

export function snapshot(changes: Partial<ClusterSnapshot> = {}): ClusterSnapshot {
  const nodes = [node('n1'), node('n2')]
  const made = { workloads: [], instances: [], nodes, specs: [], self: 'n1', ...changes }
  return { acting: leads(made), ...made }
}

export function planInput(observed: ClusterSnapshot, known: readonly Policy[] = []): PlanInput {
  return {
    snapshot: observed,
    known: new Map(known.map((policy) => [policy.key, policy])),
    absentBefore: new Set(),
    deployment,
    domain: 'example.test',
    ownHosts: [],
    before: null,
  }
}

/** The plan of a snapshot with these changes, while `known` is in force. */
export function planOf(changes: Partial<ClusterSnapshot>, known: readonly Policy[] = []): Plan {
  return makePlan(planInput(snapshot(changes), known))
}

/** The only policy of a plan. */
export function onlyPolicy({ policies }: Plan): Policy {
  const [policy, ...others] = policies.values()
  if (policy === undefined || others.length > 0) throw new Error(`${policies.size} policies instead of one`)
  return policy
}

/** The policies that these services have in force. */
export function inForce(...services: readonly Workload[]): Policy[] {
  return inForceOf({ workloads: services })
}

/** The policies that an observation with these changes puts in force. */
export function inForceOf(changes: Partial<ClusterSnapshot>): Policy[] {
  return [...planOf(changes).policies.values()]
}
