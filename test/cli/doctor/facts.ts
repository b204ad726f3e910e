/**
 * Builders of the doctor's facts: a healthy Swarm of three nodes, from which a test takes away what
 * it is about.
 */
import type { ConsulFacts, DoctorFacts, SwarmFacts } from '../../../src/cli/doctor/facts.ts'
import { foreseeStatuses } from '../../../src/views/foresee.ts'
import { readCliSettings } from '../../../src/settings.ts'
import type { Condition, ServiceStatus } from '../../../src/model/status.ts'
import type { ServiceSetup } from '../../../src/model/setup.ts'
import type { Workload, ClusterSnapshot, Instance } from '../../../src/model/cluster.ts'
import { labelled, node, workload, instance } from '../../controller/plan/world.ts'
import type { Reason } from '../../../src/model/reasons.ts'
import type { ServiceKey } from '../../../src/model/service.ts'

export const NOW = Date.parse('2026-01-01T01:00:00Z')
const NODES = ['n1', 'n2', 'n3'] as const
const GLOBAL = ['consul-agent', 'haproxy', 'dns', 'node', 'controller'] as const
const { settings } = readCliSettings({})

export function setup(name: string, changes: Partial<ServiceSetup> = {}): ServiceSetup {
  const image = `${name.replace(/-(agent|server)$/, '')}:1`
  return {
    id: `id-${name}`,
    name,
    image: name === 'shoal_node' || name === 'shoal_controller' ? 'shoal:1' : image,
    endpointMode: 'dnsrr',
    networks: name.startsWith('shoal_')
      ? { shoal_control: [] }
      : { shoal_mesh: [name.split('_')[1] ?? name] },
    dns: name.startsWith('shoal_') ? [] : ['169.254.20.10'],
    ports: name === 'shoal_haproxy' ? [{ published: 80, target: 80, protocol: 'tcp', mode: 'host' }] : [],
    words: [],
    constraints: name === 'shoal_controller' ? ['node.role == manager'] : [],
    ...changes,
  }
}

/** The parts of Shoal, and `hello_www` which declares `hello/www`. */
export function healthySnapshot(): ClusterSnapshot {
  const parts = GLOBAL.map((name) => workload(`shoal_${name}`, { wanted: null }))
  const services: Workload[] = [...parts, workload('shoal_consul-server'), labelled('hello_www')]
  const everywhere = GLOBAL.flatMap((name) =>
    NODES.map((id): Instance => instance(`${name}-${id}`, `shoal_${name}`, { nodeId: id, slot: null })),
  )
  const tasks = [...everywhere, instance('server', 'shoal_consul-server'), instance('www', 'hello_www')]
  return {
    workloads: services,
    instances: tasks,
    nodes: NODES.map((id) => node(id)),
    specs: [],
    self: 'n1',
    acting: true,
  }
}

/** Swarm facts of a snapshot; `setups` replace those of the same name. */
export function swarmFacts(
  snapshot: ClusterSnapshot = healthySnapshot(),
  setups: readonly ServiceSetup[] = [],
): SwarmFacts {
  const foresight = foreseeStatuses(snapshot, new Map(), settings, NOW)
  if ('unreliable' in foresight) throw new Error(foresight.unreliable)
  const replaced = new Map(setups.map((each) => [each.name, each]))
  const all = snapshot.workloads.map(({ name }) => replaced.get(name) ?? setup(name))
  const images = new Map(all.map(({ id, image }) => [id, image]))
  return {
    snapshot,
    setups: all,
    tasks: new Map(
      snapshot.instances.map(({ id, workloadId }) => [
        id,
        { id, image: images.get(workloadId) ?? '', state: 'running', since: '2026-01-01T00:00:00Z' },
      ]),
    ),
    foreseen: foresight.statuses,
    policies: foresight.policies,
  }
}

export function consulFacts(swarm: SwarmFacts, changes: Partial<ConsulFacts> = {}): ConsulFacts {
  const { snapshot, policies } = swarm
  return {
    members: NODES.map((id) => ({
      name: `host-${id}-consul-agent-${id}`,
      address: '10.0.0.1',
      status: 'alive',
      server: false,
    })),
    agents: new Map(NODES.map((id) => [id, { leader: '10.0.0.1:8300', clock: { least: -900, most: 105 } }])),
    policies,
    statuses: new Map([...policies.keys()].map((key) => [key, status(key)])),
    reports: [...policies.values()].flatMap(({ key, revision }) =>
      snapshot.nodes.map(({ hostname }) => ({
        key,
        node: hostname,
        zone: null,
        revision,
        error: null,
        backends: {},
      })),
    ),
    ...changes,
  }
}

const SOURCE = { kind: 'label', service: 'hello_www' } as const

export function status(key: ServiceKey, conditions: readonly Condition[] = []): ServiceStatus {
  return { key, conditions, total: 1, ready: 1, programmed: 3, proxies: 3, source: SOURCE }
}

export function condition(
  type: Condition['type'],
  truth: Condition['status'],
  reason: Reason,
  { message = '', since = '2026-01-01T00:00:00Z' }: Partial<Pick<Condition, 'message' | 'since'>> = {},
): Condition {
  return { type, status: truth, reason, message, since }
}

/** Facts in which nothing is wrong, but for the changes. */
export function facts(changes: Partial<DoctorFacts> = {}): DoctorFacts {
  const swarm = swarmFacts()
  return {
    stack: 'shoal',
    settings,
    now: NOW,
    engine: { address: 'unix:///docker.sock', version: '28.5.2', api: '1.51', minApi: '1.24' },
    swarm,
    consul: consulFacts(swarm),
    ipvs: true,
    ...changes,
  }
}

/** The same with another snapshot, or with services set up otherwise. */
export function factsOf(
  snapshot: Partial<ClusterSnapshot>,
  setups: readonly ServiceSetup[] = [],
  changes: Partial<DoctorFacts> = {},
): DoctorFacts {
  const swarm = swarmFacts({ ...healthySnapshot(), ...snapshot }, setups)
  return facts({ swarm, consul: consulFacts(swarm), ...changes })
}
