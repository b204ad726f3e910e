import type { AdminState } from './backend.ts'
import type { Standing } from './endpoint.ts'
import type { ServiceKey } from './service.ts'
import type { Source } from './source.ts'
import type { Reason } from './reasons.ts'

/** As Kubernetes has them: independent facts about a service, each with the reason and since when. */
export type ConditionType = (typeof CONDITION_TYPES)[number]

export const CONDITION_TYPES = ['Accepted', 'Resolved', 'Registered', 'Programmed', 'Ready'] as const

export interface Condition {
  readonly type: ConditionType
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: Reason
  readonly message: string
  /** ISO 8601: when `status` last changed. */
  readonly since: string
}

export interface ServiceStatus {
  readonly key: ServiceKey
  readonly conditions: readonly Condition[]
  /** Tasks that should serve. */
  readonly total: number
  /** Tasks whose checks pass. */
  readonly ready: number
  /** Proxies that have the newest policy. */
  readonly programmed: number
  /** Proxies that should. */
  readonly proxies: number
  /** Where the newest spec was read. */
  readonly source: Source
}

export interface ServerReport {
  /** HAProxy weight, 0 to 256. */
  readonly weight: number
  /** HAProxy's word for what it was told. */
  readonly state: AdminState
  /** What that follows from. A node agent of an earlier version leaves it out. */
  readonly standing?: Standing
  /** Why the weight is what it is, for people. */
  readonly why: string
}

/** What one node's node agent has programmed for one service. */
export interface ProxyReport {
  readonly key: ServiceKey
  /** Host name of the node. */
  readonly node: string
  readonly zone: string | null
  /** Revision of the policy that is in force. */
  readonly revision: string
  /** HAProxy's refusal of the policy, null when it was accepted. */
  readonly error: string | null
  /** By backend, then by server name. */
  readonly backends: Readonly<Record<string, Readonly<Record<string, ServerReport>>>>
}

/** All of one node's reports in one, without what only people want to know. */
export interface NodeReport {
  /** Host name of the node. */
  readonly node: string
  /** Revision in force, by service. */
  readonly revisions: ReadonlyMap<ServiceKey, string>
  /** By service, only where HAProxy refused it. */
  readonly errors: ReadonlyMap<ServiceKey, string>
}
