import type { Observable } from 'rxjs'
import type { HeldRegistration, Registration, FailingChecks } from '../model/registration.ts'
import type { ClusterSnapshot, ObservedNodes } from '../model/cluster.ts'

/**
 * What the controller needs of the world. Every call rejects when it fails: half an answer is none.
 */
export interface ControllerPorts {
  /**
   * A complete observation of the cluster; `previous` lends the names of workloads that are gone.
   */
  observe(previous: ClusterSnapshot | null): Promise<ClusterSnapshot>
  /** `previous` with all about these workloads observed anew. */
  observeWorkloads(previous: ClusterSnapshot, workloadIds: ReadonlySet<string>): Promise<ClusterSnapshot>
  /**
   * Which nodes there are, and whether to act; nodes are as in `previous` where they are as they
   * were.
   */
  observeNodes(previous: ClusterSnapshot | null): Promise<ObservedNodes>
  /** Something may have changed: the ID of which workload, or null where that is not known. */
  readonly hints: Observable<{ readonly workloadId: string | null }>
  /** The Consul agent whose HTTP API listens at this address. */
  consulAgent(address: string): ConsulAgentPort
  readonly kv: KvPort
  /** Checks that do not pass anywhere as `<Consul node>/<check ID>`, whenever that changes. */
  readonly failing: Observable<FailingChecks>
  /** Whether Consul has stopped answering what is followed, from now on. */
  readonly silent: Observable<boolean>
  /** What each node's proxy has in force, as JSON by KV key, whenever that changes. */
  readonly reports: Observable<ReadonlyMap<string, string>>
}

export interface ConsulAgentPort {
  registered(): Promise<readonly HeldRegistration[]>
  register(registration: Registration, checkedAs?: string): Promise<void>
  /** Null ends maintenance. */
  setMaintenance(id: string, reason: string | null): Promise<void>
  deregister(id: string): Promise<void>
}

export interface KvPort {
  read(prefix: string): Promise<ReadonlyMap<string, string>>
  put(key: string, value: string): Promise<void>
  delete(key: string): Promise<void>
}
