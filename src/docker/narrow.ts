import { STACK_LABEL } from '../model/names.ts'
import type {
  ServiceDescription,
  SpecText,
  ClusterNode,
  Workload,
  Instance,
  TaskState,
} from '../model/cluster.ts'
import type { ConfigAnswer, NetworkAttachment, NodeAnswer, ServiceAnswer, TaskAnswer } from './answers.ts'
import { oneOf } from '../lib/unknown.ts'

const ZONE_LABEL = 'shoal.zone'
const IPV4 = /^\d+\.\d+\.\d+\.\d+$/

export function toWorkload(answer: ServiceAnswer): Workload {
  const { ID, Spec, PreviousSpec, CreatedAt, UpdateStatus } = answer
  const description = toDescription(Spec)
  return {
    ...description,
    id: ID,
    name: Spec?.Name ?? '',
    group: description.labels[STACK_LABEL] ?? null,
    previous: PreviousSpec ? toDescription(PreviousSpec) : null,
    createdAt: CreatedAt ?? '',
    moving: UpdateStatus?.State === 'updating' || UpdateStatus?.State === 'rollback_started',
    wanted: Spec?.Mode?.Replicated?.Replicas ?? null,
  }
}

function toDescription(spec: ServiceAnswer['Spec']): ServiceDescription {
  const template = spec?.TaskTemplate
  const container = template && 'ContainerSpec' in template ? template.ContainerSpec : undefined
  const ports = (spec?.EndpointSpec?.Ports ?? []).filter(({ Protocol = 'tcp' }) => Protocol === 'tcp')
  return {
    labels: { ...spec?.Labels },
    containerLabels: { ...container?.Labels },
    env: toEnvironment(container?.Env ?? []),
    publishedPorts: ports.flatMap(({ TargetPort }) => TargetPort ?? []),
  }
}

/** `serviceName` is empty when the task's service is not among `names` (by service ID): Docker's task doesn't say it. */
export function toInstance(answer: TaskAnswer, names: ReadonlyMap<string, string>): Instance {
  const { ID, ServiceID, Slot, NodeID, DesiredState, Status, NetworksAttachments } = answer
  const workloadId = ServiceID ?? ''
  return {
    id: ID ?? '',
    workloadId,
    workload: names.get(workloadId) ?? '',
    slot: Slot || null,
    nodeId: NodeID ?? '',
    desired: toTaskState(DesiredState),
    state: toTaskState(Status?.State),
    addresses: toAddresses(NetworksAttachments ?? []),
    containerId: Status?.ContainerStatus?.ContainerID || null,
    error: Status?.Err ?? '',
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

const TASK_STATES: readonly TaskState[] = [
  'new',
  'allocated',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
]

/** A state this doesn't know reads as `new`: nothing is done about such a task, neither good nor bad. */
function toTaskState(state: string | null | undefined): TaskState {
  return oneOf(TASK_STATES, state) ?? 'new'
}
