/** What was observed of the Swarm at one moment. Complete, or not made at all. */

/** The part of a Swarm service in which its author may describe it to Shoal. */
export interface ServiceDescription {
  /** `deploy.labels` in a stack file. */
  readonly labels: Readonly<Record<string, string>>
  /** `labels` in a stack file: those of its containers. */
  readonly containerLabels: Readonly<Record<string, string>>
  /** Container environment, by name. */
  readonly env: Readonly<Record<string, string>>
  /** Container ports of the TCP ports that are published, in the order they are written. */
  readonly publishedPorts: readonly number[]
}

export interface Workload extends ServiceDescription {
  readonly id: string
  readonly name: string
  /** Name of the stack (`com.docker.stack.namespace`), null outside a stack. */
  readonly group: string | null
  /** As it was before the last update, null if there was none: the last good spec may be in it. */
  readonly previous: ServiceDescription | null
  /** ISO 8601 */
  readonly createdAt: string
  /** An update or rollback is in progress. */
  readonly moving: boolean
  /** Wanted number of tasks; null for a global service. */
  readonly wanted: number | null
}

/** Docker's names for a task's states, in their order of life. */
export type TaskState =
  | 'new'
  | 'allocated'
  | 'pending'
  | 'assigned'
  | 'accepted'
  | 'preparing'
  | 'ready'
  | 'starting'
  | 'running'
  | 'complete'
  | 'shutdown'
  | 'failed'
  | 'rejected'
  | 'remove'
  | 'orphaned'

export interface Instance {
  readonly id: string
  readonly workloadId: string
  readonly workload: string
  /** Null for a global service's task. */
  readonly slot: number | null
  /** Empty until the scheduler has chosen. */
  readonly nodeId: string
  readonly desired: TaskState
  readonly state: TaskState
  /** IPv4 addresses by network name, for example `{ shoal_mesh: '10.0.1.5' }`. */
  readonly addresses: Readonly<Record<string, string>>
  readonly containerId: string | null
  /** What Docker says of a failed task, else empty. */
  readonly error: string
}

export interface ClusterNode {
  readonly id: string
  readonly hostname: string
  /** The engine's heartbeat: a dead node's tasks keep saying `running`. */
  readonly status: 'unknown' | 'down' | 'ready' | 'disconnected'
  readonly availability: 'active' | 'pause' | 'drain'
  readonly role: 'manager' | 'worker'
  readonly leader: boolean
  /** Node label `shoal.zone`, else null. */
  readonly zone: string | null
}

/** A Docker config labelled `shoal.dev/kind: Service`. */
export interface SpecText {
  readonly id: string
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  /** ISO 8601 */
  readonly createdAt: string
  /** YAML text */
  readonly text: string
}

export interface ClusterSnapshot {
  readonly workloads: readonly Workload[]
  readonly instances: readonly Instance[]
  readonly nodes: readonly ClusterNode[]
  readonly specs: readonly SpecText[]
  /** Node ID of the engine that was asked. */
  readonly self: string
}

const TERMINAL: ReadonlySet<TaskState> = new Set([
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
])

/** Whether a task in this state will never run again. */
export function isTerminal(state: TaskState): boolean {
  return TERMINAL.has(state)
}
