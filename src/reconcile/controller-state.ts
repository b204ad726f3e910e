import type { Policy, Tombstone } from '../model/policy.ts'
import { isTombstone } from '../model/policy.ts'
import type { RegisteredInstance } from '../model/registration.ts'
import type { ServiceKey } from '../model/service.ts'
import type { SwarmSnapshot } from '../model/swarm.ts'
import { judge } from '../plan/guard.ts'
import type { Verdict } from '../plan/guard.ts'
import { makePlan } from '../plan/plan.ts'
import type { Plan } from '../plan/plan.ts'
import type { Deployment } from '../plan/registrations.ts'

export interface ControllerSettings {
  readonly deployment: Deployment
  /** Base domain of the names every service gets. */
  readonly domain: string
}

/** What the active controller knows. Replaced as a whole by each accepted observation. */
export interface ControllerState {
  readonly snapshot: SwarmSnapshot
  readonly plan: Plan
  readonly known: ReadonlyMap<ServiceKey, Policy>
  /** Serving tasks that the last observation did not have. */
  readonly absentTasks: ReadonlySet<string>
  /** Those that the one before it did not have either. */
  readonly absentTasksBefore: ReadonlySet<string>
}

/** What every agent was last seen to hold, by node ID. */
export type RegisteredByNode = ReadonlyMap<string, readonly RegisteredInstance[]>

/** Takes an observation into account, or says why it must not be. `heldFor`: ms for which the guard has held them so far. */
export function accept(
  state: ControllerState | null,
  known: ReadonlyMap<ServiceKey, Policy>,
  snapshot: SwarmSnapshot,
  registered: RegisteredByNode,
  { deployment, domain }: ControllerSettings,
  heldFor = 0,
): { readonly verdict: Verdict; readonly state: ControllerState | null } {
  const serving = servingTasks(registered)
  const verdict = judge(snapshot, serving, heldFor)
  if (verdict.kind !== 'accepted') return { verdict, state }
  const present = new Set(snapshot.tasks.map((task) => task.id))
  const absentTasks = new Set([...serving].filter((task) => !present.has(task)))
  const absentBefore = state?.plan.absent ?? new Set()
  const plan = makePlan({ snapshot, known, absentBefore, deployment, domain })
  const absentTasksBefore = state?.absentTasks ?? new Set()
  return { verdict, state: { snapshot, plan, known: plan.policies, absentTasks, absentTasksBefore } }
}

/** Whether a second observation is owed soon: something is missing and nobody knows yet whether it is gone. */
export function owesSecondLook({ plan, absentTasks }: ControllerState): boolean {
  return absentTasks.size > 0 || [...plan.absent].some((key) => plan.policies.has(key))
}

function servingTasks(registered: RegisteredByNode): Set<string> {
  const instances = [...registered.values()].flat()
  return new Set(instances.filter(({ maintenance }) => !maintenance).map(({ task }) => task))
}

/** Policies and tombstones of the KV store; entries that are no such thing are left out. */
export function readEntries(kv: ReadonlyMap<string, string>): Map<ServiceKey, Policy | Tombstone> {
  const entries = [...kv.values()].flatMap((text) => parseEntry(text) ?? [])
  return new Map(entries.map((entry) => [entry.key, entry]))
}

/** The policies among the entries of the KV store. */
export function readPolicies(kv: ReadonlyMap<string, string>): Map<ServiceKey, Policy> {
  const policies = [...readEntries(kv).values()].flatMap((entry) => (isTombstone(entry) ? [] : [entry]))
  return new Map(policies.map((policy) => [policy.key, policy]))
}

function parseEntry(text: string): Policy | Tombstone | null {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
