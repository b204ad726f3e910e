/**
 * Everything that the doctor looks at, gathered at one moment (see gather.ts). Plain data: the
 * checks are pure.
 */
import type { ConsulAgentAnswer, ConsulMember } from '../../model/consul-cluster.ts'
import type { Policy } from '../../model/policy.ts'
import type { ServiceKey } from '../../model/service.ts'
import type { Engine, ServiceSetup, TaskSetup } from '../../model/setup.ts'
import type { ProxyReport, ServiceStatus } from '../../model/status.ts'
import type { ClusterSnapshot } from '../../model/cluster.ts'
import type { ControllerSettings } from '../../controller/state.ts'

/** What could not be found out, and why. */
export interface Unknown {
  readonly unknown: string
}

export interface SwarmFacts {
  readonly snapshot: ClusterSnapshot
  readonly setups: readonly ServiceSetup[]
  /** By task ID. */
  readonly tasks: ReadonlyMap<string, TaskSetup>
  /**
   * What the controller's rules say of each declared service, as far as that depends on specs and
   * tasks alone.
   */
  readonly foreseen: ReadonlyMap<ServiceKey, ServiceStatus>
  /** The policies that these rules make. */
  readonly policies: ReadonlyMap<ServiceKey, Policy>
}

export interface ConsulFacts {
  readonly members: readonly ConsulMember[]
  /** By node ID: what each node's agent answered, or why it did not. */
  readonly agents: ReadonlyMap<string, ConsulAgentAnswer | Unknown>
  readonly policies: ReadonlyMap<ServiceKey, Policy>
  readonly statuses: ReadonlyMap<ServiceKey, ServiceStatus>
  readonly reports: readonly ProxyReport[]
}

export interface DoctorFacts {
  /** Name of Shoal's own stack. */
  readonly stack: string
  readonly settings: ControllerSettings
  /** ms since the epoch */
  readonly now: number
  readonly engine: Engine | Unknown
  readonly swarm: SwarmFacts | Unknown
  readonly consul: ConsulFacts | Unknown
  /** Whether the kernel of the engine's own node has IP_VS. */
  readonly ipvs: boolean | Unknown
}

export function isUnknown(fact: unknown): fact is Unknown {
  return typeof fact === 'object' && fact !== null && 'unknown' in fact
}
