/**
 * What `shoal debug dump` shows of the controller: plain data for people, without secrets. Times
 * are ISO 8601.
 */
import type { ClusterSnapshot } from '../model/cluster.ts'
import type { HeldRegistration } from '../model/registration.ts'
import type { Policy } from '../model/policy.ts'
import type { ServiceKey } from '../model/service.ts'
import type { ServiceStatus } from '../model/status.ts'
import type { ControllerState } from './state.ts'
import type { BacklogDump } from './work-item.ts'

export interface ControllerDump {
  readonly role: 'leading' | 'standing by'
  /** When this was so. */
  readonly at: string
  /** Whether who leads was asked too long ago to act on the answer. */
  readonly isLeadStale: boolean
  /** Checks that do not pass, as `<Consul node>/<check ID>`. */
  readonly failing: readonly string[]
  /** Host names of the nodes that report what they have programmed. */
  readonly reporting: readonly string[]
  readonly work: BacklogDump
  /** Null while standing by. */
  readonly lead: LeadDump | null
}

/** A lead as plain data, for people. Times are ISO 8601. */
export interface LeadDump {
  readonly since: string
  /** Why the last observation was not acted on; null if it was, or if there was none yet. */
  readonly refusal: 'held' | 'incoherent' | null
  /** Since when observations are held by the mass-removal guard; else null. */
  readonly heldSince: string | null
  /** How much there was in the observation that is acted on; null before the first. */
  readonly observed: Readonly<Record<'workloads' | 'instances' | 'nodes' | 'specs', number>> | null
  /** Revision of each service's policy that is in force or on its way to Consul. */
  readonly policies: Readonly<Record<ServiceKey, string>>
  /**
   * Services in force that nothing declares, and serving instances that the last observation
   * lacked.
   */
  readonly missing: { readonly services: readonly ServiceKey[]; readonly instances: readonly string[] }
  /** Since when most services in force are declared by nothing; else null. */
  readonly mostAbsentSince: string | null
  /** IDs of the registrations that each node's Consul agent was last seen to hold, by node ID. */
  readonly registered: Readonly<Record<string, readonly string[]>>
  /** As last written to Consul. */
  readonly statuses: Readonly<Record<ServiceKey, ServiceStatus>>
  /** Whether the statuses in Consul are compared with these before the next is written. */
  readonly statusesInDoubt: boolean
}

/** What a lead consists of. Times are in ms since the epoch. */
interface LeadParts {
  readonly since: number
  readonly refusal: LeadDump['refusal']
  readonly heldSince: number | null
  readonly state: ControllerState | null
  readonly policies: ReadonlyMap<ServiceKey, Policy>
  readonly registered: ReadonlyMap<string, readonly HeldRegistration[]>
  readonly written: ReadonlyMap<ServiceKey, ServiceStatus>
  readonly statusesInDoubt: boolean
}

export function dumpOfLead(lead: LeadParts): LeadDump {
  const { state, policies, registered, written } = lead
  return {
    since: timeText(lead.since),
    refusal: lead.refusal,
    heldSince: timeText(lead.heldSince),
    observed: state === null ? null : countsOf(state.snapshot),
    policies: Object.fromEntries([...policies.values()].map(({ key, revision }) => [key, revision])),
    missing: {
      services: [...(state?.absent.keys() ?? [])],
      instances: [...(state?.absentInstances.keys() ?? [])],
    },
    mostAbsentSince: timeText(state?.mostAbsentSince ?? null),
    registered: Object.fromEntries([...registered].map(([node, held]) => [node, held.map(({ id }) => id)])),
    statuses: Object.fromEntries(written),
    statusesInDoubt: lead.statusesInDoubt,
  }
}

function timeText(ms: number): string
function timeText(ms: number | null): string | null
function timeText(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString()
}

function countsOf({ workloads, instances, nodes, specs }: ClusterSnapshot): LeadDump['observed'] {
  return {
    workloads: workloads.length,
    instances: instances.length,
    nodes: nodes.length,
    specs: specs.length,
  }
}
