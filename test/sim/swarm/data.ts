import type { ClusterNode } from '../../../src/model/cluster.ts'
import type { TaskState } from '../../../src/docker/task-life.ts'
import { isTerminal } from '../../../src/docker/task-life.ts'

/** The parts of a Swarm, as they truly are and as its managers have them. */

export interface SimNode {
  readonly id: string
  readonly hostname: string
  readonly zone: string | null
  /** As the managers have it. */
  status: ClusterNode['status']
  /** Whether the machine truly runs. */
  up: boolean
}

export interface SimService {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  labels: Readonly<Record<string, string>>
  previousLabels: Readonly<Record<string, string>> | null
  /** Number of its image. */
  made: number
  /** That of the version in `previousLabels`. */
  previousMade: number
  /** Null for a global service. */
  replicas: number | null
  readonly order: 'start-first' | 'stop-first'
  updating: boolean
  removed: boolean
}

export interface SimConfig {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  /** YAML */
  readonly text: string
}

export interface Container {
  /** The application listens. */
  listening: boolean
  /** Its answers are good. */
  healthy: boolean
  /** Since when it has listened with good answers, virtual ms; null while it does not. */
  servingSince: number | null
  /** When it stopped listening, virtual ms; null if it did not. */
  silentSince: number | null
  exited: boolean
  /** It was sent SIGTERM. */
  signalled: boolean
}

export interface SimTask {
  readonly id: string
  readonly service: SimService
  readonly slot: number | null
  /** Number of the image that it was made from. */
  readonly made: number
  nodeId: string
  desired: TaskState
  state: TaskState
  /** By network. */
  addresses: Readonly<Record<string, string>>
  container: Container | null
  /** When Swarm decided that it is to stop, virtual ms. */
  stoppedAt: number | null
}

/** Whether Swarm means the task to run. */
export function isWanted({ desired, state }: SimTask): boolean {
  return !isTerminal(desired) && !isTerminal(state)
}

/** Whether requests that reach the task are answered well. */
export function serves({ container }: SimTask): boolean {
  return container !== null && container.listening && container.healthy && !container.exited
}
