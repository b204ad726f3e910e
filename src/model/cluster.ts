/**
 * What was observed of the cluster at one moment, in words that fit any orchestrator: its adapter
 * (src/docker) translates. An observation is complete, or not made at all.
 */

/** The part of a workload in which its author may describe it to Shoal. */
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

/** A workload as it is, or was before its last update. */
export interface WorkloadVersion extends ServiceDescription {
  /**
   * Fingerprint of what its containers are made from: an instance with another one was made from
   * another version. Empty if it can't be told.
   */
  readonly template: string
}

/** What is deployed under one name and runs as any number of instances: a Swarm service. */
export interface Workload extends WorkloadVersion {
  readonly id: string
  /** Unique in the cluster, for example `hello_www`. */
  readonly name: string
  /** What it is deployed together with (a Swarm stack), for example `hello`; null if alone. */
  readonly group: string | null
  /** Its name within the group, for example `www`; its name if it has no group. */
  readonly nameInGroup: string
  /** As it was before the last update, null if there was none: the last good spec may be in it. */
  readonly previous: WorkloadVersion | null
  /** ISO 8601 */
  readonly createdAt: string
  /** An update or rollback is in progress. */
  readonly moving: boolean
  /** Number of instances that its author wants; null for one on every node. */
  readonly wanted: number | null
}

/**
 * Where an instance is in its life. `stopping`: the orchestrator has decided that it ends, and it
 * has not ended yet. `ended`: it will never run again.
 */
export type Phase = 'starting' | 'running' | 'stopping' | 'ended'

/** One run of a workload on one node: a Swarm task. */
export interface Instance {
  readonly id: string
  readonly workloadId: string
  /** Name of its workload; empty if that was removed and its name is not known. */
  readonly workload: string
  /** Name of its container and of its server in HAProxy. Ends with a dot and the ID. */
  readonly name: string
  /** Null until a node is chosen. */
  readonly nodeId: string | null
  readonly phase: Phase
  /**
   * Why it stops or has ended, for example `Swarm wants the task shutdown`; empty in the other
   * phases.
   */
  readonly why: string
  /**
   * The orchestrator means it to run now. False for one that waits for its predecessor to end; true
   * also for one that has just failed, until that is noticed.
   */
  readonly wanted: boolean
  /** Its container runs, also while the instance is stopping. */
  readonly up: boolean
  /** It will soon be in another phase by itself, if its node lives. */
  readonly moving: boolean
  /** Fingerprint of what its container was made from, as its workload has it. */
  readonly template: string
  /** IPv4 addresses by network name, for example `{ shoal_mesh: '10.0.1.5' }`. */
  readonly addresses: Readonly<Record<string, string>>
  /** What the orchestrator says went wrong, else empty. */
  readonly error: string
}

export interface ClusterNode {
  readonly id: string
  readonly hostname: string
  /** By its heartbeat: the instances of a dead node keep saying `running`. */
  readonly status: 'unknown' | 'down' | 'ready' | 'disconnected'
  readonly availability: 'active' | 'pause' | 'drain'
  readonly role: 'manager' | 'worker'
  readonly leader: boolean
  /** Where it is, for locality, for example `a`; null if nobody said. */
  readonly zone: string | null
}

/** A spec that stands by itself, and not in the description of a workload: a Docker config. */
export interface SpecText {
  readonly id: string
  readonly name: string
  /** As of a workload. */
  readonly group: string | null
  readonly labels: Readonly<Record<string, string>>
  /** ISO 8601 */
  readonly createdAt: string
  /** YAML text */
  readonly text: string
}

/** The nodes, and where among them the observer is. */
export interface ObservedNodes {
  readonly nodes: readonly ClusterNode[]
  /** ID of the observer's own node. */
  readonly self: string
  /**
   * Whether the controller beside the observer is the one that acts: there is one at most in a
   * cluster.
   */
  readonly acting: boolean
}

export interface ClusterSnapshot extends ObservedNodes {
  readonly workloads: readonly Workload[]
  readonly instances: readonly Instance[]
  readonly specs: readonly SpecText[]
}
