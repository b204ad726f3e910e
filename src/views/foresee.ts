import type { Policy } from '../model/policy.ts'
import type { ServiceKey } from '../model/service.ts'
import type { ConditionType, ServiceStatus } from '../model/status.ts'
import type { ClusterSnapshot } from '../model/cluster.ts'
import { accept } from '../controller/state.ts'
import type { ControllerSettings } from '../controller/state.ts'
import { statuses } from '../controller/statuses.ts'

/** What the controller's own rules make of an observation. */
export interface Foresight {
  /**
   * The status of every declared service, with the conditions that depend on specs and tasks alone:
   * Accepted and Resolved.
   */
  readonly statuses: ReadonlyMap<ServiceKey, ServiceStatus>
  readonly policies: ReadonlyMap<ServiceKey, Policy>
}

/**
 * Docker's lists contradict each other: services were made or removed meanwhile. Another
 * observation may be good.
 */
export interface Unreliable {
  /** For people. */
  readonly unreliable: string
}

const FORESEEABLE: ReadonlySet<ConditionType> = new Set(['Accepted', 'Resolved'])

/**
 * What the controller would say of each service after this observation, while `known` is in force.
 */
export function foreseeStatuses(
  snapshot: ClusterSnapshot,
  known: ReadonlyMap<ServiceKey, Policy>,
  settings: ControllerSettings,
  now: number,
): Foresight | Unreliable {
  const nothing = { registered: new Map(), failing: new Map(), now }
  const acceptance = accept(null, { ...nothing, snapshot, known, heldFor: 0, isComplete: true }, settings)
  if (acceptance.kind !== 'accepted') {
    return { unreliable: `the Swarm changed while it was observed (${acceptance.message}); try again` }
  }
  const { state } = acceptance
  const all = statuses(state, { ...nothing, reports: [], previous: new Map() }, settings)
  const foreseeable = [...all].map(([key, status]): [ServiceKey, ServiceStatus] => {
    const conditions = status.conditions.filter(({ type }) => FORESEEABLE.has(type))
    return [key, { ...status, conditions }]
  })
  return { statuses: new Map(foreseeable), policies: state.plan.policies }
}
