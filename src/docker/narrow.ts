import type { ClusterNode, Instance, SpecText, Workload, WorkloadVersion } from '../model/cluster.ts'
import type {
  ConfigAnswer,
  NetworkAttachment,
  NodeAnswer,
  ServiceAnswer,
  TaskAnswer,
  TaskTemplate,
} from './answers.ts'
import { lifeOf, toTaskState } from './task-life.ts'
import { hashOf } from '../lib/hash.ts'
import { oneOf } from '../lib/unknown.ts'

/** Docker's label on what belongs to a stack: its name. */
const STACK_LABEL = 'com.docker.stack.namespace'
/** A node's label with its zone. */
const ZONE_LABEL = 'shoal.zone'
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/

export function toWorkload(answer: ServiceAnswer): Workload {
  const { ID, Spec, PreviousSpec, CreatedAt, UpdateStatus } = answer
  const description = toDescription(Spec)
  const name = Spec?.Name ?? ''
  const group = description.labels[STACK_LABEL] ?? null
  return {
    ...description,
    id: ID,
    name,
    group,
    nameInGroup: nameInStack(name, group),
    previous: PreviousSpec ? toDescription(PreviousSpec) : null,
    createdAt: CreatedAt ?? '',
    moving: UpdateStatus?.State === 'updating' || UpdateStatus?.State === 'rollback_started',
    wanted: Spec?.Mode?.Replicated?.Replicas ?? null,
  }
}

function toDescription(spec: ServiceAnswer['Spec']): WorkloadVersion {
  const template = spec?.TaskTemplate
  const container = template && 'ContainerSpec' in template ? template.ContainerSpec : undefined
  const ports = (spec?.EndpointSpec?.Ports ?? []).filter(({ Protocol = 'tcp' }) => Protocol === 'tcp')
  return {
    labels: { ...spec?.Labels },
    containerLabels: { ...container?.Labels },
    env: toEnvironment(container?.Env ?? []),
    publishedPorts: ports.flatMap(({ TargetPort }) => TargetPort ?? []),
    template: templateOf(template),
  }
}

/**
 * Of the container alone: what else is in a template (where it may run, its networks) Docker may
 * write otherwise in a task, and it changes nothing of what a container listens to.
 */
function templateOf(template: TaskTemplate | null | undefined): string {
  const container = template?.ContainerSpec
  return container ? hashOf([container, template?.ForceUpdate ?? 0]) : ''
}

/** The name that a service has in its stack file: `hello_www` → `www`. */
export function nameInStack(name: string, stack: string | null): string {
  return stack !== null && name.startsWith(`${stack}_`) ? name.slice(stack.length + 1) : name
}

/**
 * `names` are those of services by ID: Docker's task doesn't say it. Where its service is not among
 * them, the workload's name is empty.
 */
export function toInstance(answer: TaskAnswer, names: ReadonlyMap<string, string>): Instance {
  const { ID, ServiceID, Slot, NodeID, Spec, DesiredState, Status, NetworksAttachments } = answer
  const id = ID ?? ''
  const workloadId = ServiceID ?? ''
  const workload = names.get(workloadId) ?? ''
  const nodeId = NodeID || null
  const error = Status?.Err ?? ''
  const states = { desired: toTaskState(DesiredState), state: toTaskState(Status?.State) }
  return {
    id,
    workloadId,
    workload,
    // As Docker names the container. A global service's tasks have no slot.
    name: `${workload}.${Slot || NodeID || ''}.${id}`,
    nodeId,
    ...lifeOf({ ...states, nodeId, error }),
    template: templateOf(Spec),
    addresses: toAddresses(NetworksAttachments ?? []),
    error,
  }
}

export function toNode({ ID, Description, Spec, Status, ManagerStatus }: NodeAnswer): ClusterNode {
  return {
    id: ID ?? '',
    hostname: Description?.Hostname ?? '',
    status: oneOf(['down', 'ready', 'disconnected'], Status?.State) ?? 'unknown',
    availability: oneOf(['pause', 'drain'], Spec?.Availability) ?? 'active',
    role: oneOf(['manager'], Spec?.Role) ?? 'worker',
    leader: ManagerStatus?.Leader ?? false,
    zone: Spec?.Labels?.[ZONE_LABEL] || null,
  }
}

export function toSpecText({ ID, CreatedAt, Spec }: ConfigAnswer): SpecText {
  return {
    id: ID,
    name: Spec?.Name ?? '',
    group: Spec?.Labels?.[STACK_LABEL] ?? null,
    labels: { ...Spec?.Labels },
    createdAt: CreatedAt,
    text: Buffer.from(Spec?.Data ?? '', 'base64').toString(),
  }
}

function toEnvironment(entries: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    entries.map((entry) => {
      const end = entry.indexOf('=')
      return end === -1 ? [entry, ''] : [entry.slice(0, end), entry.slice(end + 1)]
    }),
  )
}

/** The first IPv4 address on each network that has a name. */
function toAddresses(attachments: readonly NetworkAttachment[]): Readonly<Record<string, string>> {
  const addresses: Record<string, string> = {}
  for (const { Network, Addresses } of attachments) {
    const name = Network?.Spec?.Name
    const plain = (Addresses ?? []).map((cidr) => cidr.replace(/\/\d+$/, ''))
    const address = plain.find((candidate) => IPV4.test(candidate))
    if (name && address !== undefined) addresses[name] ??= address
  }
  return addresses
}
