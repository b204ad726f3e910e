import type { Deployment } from '../model/deployment.ts'
import type { Policy } from '../model/policy.ts'
import type { HeldRegistration, FailingChecks } from '../model/registration.ts'
import type { ServiceKey } from '../model/service.ts'
import type { ClusterSnapshot } from '../model/cluster.ts'
import { isDoubtful, isMost, guardSnapshot } from './plan/guard.ts'
import type { GuardVerdict } from './plan/guard.ts'
import { instancesById, instancesOf } from './plan/lookup.ts'
import { makePlan } from './plan/plan.ts'
import type { Plan } from './plan/plan.ts'
import { goneIf, stillMissing } from './missing.ts'
import type { Missing, Observed } from './missing.ts'
import { registrationOfCheck } from '../model/names.ts'

export interface ControllerSettings {
  readonly deployment: Deployment
  /** Base domain of the names every service gets. */
  readonly domain: string
  /**
   * Hosts that Shoal itself answers, which no service can have: its dashboards', if these are on.
   */
  readonly ownHosts: readonly string[]
}

/** What the active controller knows. Replaced as a whole by each accepted observation. */
export interface ControllerState {
  readonly snapshot: ClusterSnapshot
  readonly plan: Plan
  readonly known: ReadonlyMap<ServiceKey, Policy>
  /** IDs of serving instances that the last observation did not have. */
  readonly absentInstances: ReadonlyMap<string, Missing>
  /** Services in force before that nothing in it declares. */
  readonly absent: ReadonlyMap<ServiceKey, Missing>
  /**
   * Since when most of all services in force are declared by nothing though their tasks run, ms
   * since the epoch; else null.
   */
  readonly mostAbsentSince: number | null
}

/** What every agent was last seen to hold, by node ID. */
export type RegisteredByNode = ReadonlyMap<string, readonly HeldRegistration[]>

/** An observation, and what is known beside it. */
export interface Observation extends Observed {
  readonly snapshot: ClusterSnapshot
  /** Policies in force. */
  readonly known: ReadonlyMap<ServiceKey, Policy>
  readonly registered: RegisteredByNode
  readonly failing: FailingChecks
  /** ms for which the guard has held observations so far. */
  readonly heldFor: number
}

/** What becomes of an observation: a new state, or why it must not be acted on. */
export type Acceptance =
  | { readonly kind: 'accepted'; readonly state: ControllerState }
  | Exclude<GuardVerdict, { readonly kind: 'accepted' }>

/** Takes an observation into account. `state` is what there was before; null for the first. */
export function accept(
  state: ControllerState | null,
  observation: Observation,
  settings: ControllerSettings,
): Acceptance {
  const { snapshot, known, registered, failing, heldFor, now } = observation
  const expected = expectedRegistrations(snapshot, registered)
  const verdict = guardSnapshot(snapshot, knownInstances(state, snapshot, expected, failing), heldFor)
  if (verdict.kind !== 'accepted') return verdict
  const present = instancesById(snapshot)
  const lacking = instanceIds(expected.filter(({ instanceId }) => !present.has(instanceId)))
  const absentInstances = stillMissing(state?.absentInstances ?? new Map(), lacking, observation)
  const since = state?.mostAbsentSince ?? null
  const doubted = since !== null && isDoubtful(now - since)
  const absentServices = state?.absent ?? new Map<ServiceKey, Missing>()
  const absentBefore = doubted ? new Set<ServiceKey>() : goneIf(absentServices, observation)
  const before = state?.plan ?? null
  const plan = makePlan({ snapshot, known, absentBefore, before, ...settings })
  const odd = [...plan.absent].filter((key) => hasWantedInstances(snapshot, known.get(key)))
  const mostAbsentSince = isMost(odd.length, known.size) ? (since ?? now) : null
  const absent = stillMissing(absentServices, plan.absent, observation)
  return {
    kind: 'accepted',
    state: { snapshot, plan, known: plan.policies, absentInstances, absent, mostAbsentSince },
  }
}

/** Whether a second observation is owed soon: something is missing, and it may not be gone. */
export function owesSecondLook({ plan, absentInstances, mostAbsentSince }: ControllerState): boolean {
  if ([...absentInstances.values()].some(({ isGone }) => !isGone)) return true
  return mostAbsentSince === null && [...plan.absent].some((key) => plan.policies.has(key))
}

/** IDs of the instances that two observations agree to be gone. */
export function goneInstances({
  absentInstances,
}: Pick<ControllerState, 'absentInstances'>): ReadonlySet<string> {
  return new Set([...absentInstances].filter(([, { isGone }]) => isGone).map(([task]) => task))
}

/**
 * Whether a plan from the very same observation would be the same: nothing waits for a second one
 * that agrees.
 */
export function isSettled({ plan, absentInstances, mostAbsentSince }: ControllerState): boolean {
  return plan.absent.size + absentInstances.size === 0 && mostAbsentSince === null
}

/**
 * Registrations that should go on: not drained, on a node that is there. Of another node's nobody
 * can say or change anything.
 */
function expectedRegistrations(snapshot: ClusterSnapshot, registered: RegisteredByNode): HeldRegistration[] {
  const registrations = readyNodes(snapshot).flatMap((node) => registered.get(node) ?? [])
  return registrations.filter(({ maintenance }) => !maintenance)
}

/** IDs of the nodes that are there. */
function readyNodes({ nodes }: ClusterSnapshot): string[] {
  return nodes.filter(({ status }) => status === 'ready').map(({ id }) => id)
}

/**
 * A spec that is gone while its tasks run on is odd; where they are removed too, it is just
 * removed.
 */
function hasWantedInstances(snapshot: ClusterSnapshot, policy: Policy | undefined): boolean {
  return instancesOf(snapshot, policy?.spec.selector.service ?? '').some(({ wanted }) => wanted)
}

/**
 * IDs of the instances that the guard counts: what is registered, and what is to be since the last
 * observation. A check that failed explains why an instance is gone; one that never ran does not.
 */
function knownInstances(
  state: ControllerState | null,
  snapshot: ClusterSnapshot,
  expected: readonly HeldRegistration[],
  failing: FailingChecks,
): ReadonlySet<string> {
  const critical = [...failing].filter(([, found]) => found === 'critical')
  const failed = new Set(critical.map(([check]) => registrationOfCheck(check)))
  const planned = readyNodes(snapshot).flatMap((node) => state?.plan.registrations.get(node) ?? [])
  const toBe = planned
    .filter(({ maintenance }) => maintenance === null)
    .map(({ id, meta }) => ({ id, instanceId: meta['shoal-task'] }))
  return instanceIds([...expected, ...toBe].filter(({ id }) => !failed.has(id)))
}

/** IDs of the instances that these registrations stand for. */
function instanceIds(registrations: readonly Pick<HeldRegistration, 'instanceId'>[]): ReadonlySet<string> {
  return new Set(registrations.map(({ instanceId }) => instanceId))
}
