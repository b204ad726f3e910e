import type { HeldRegistration, Registration } from '../../model/registration.ts'
import type { Instance } from '../../model/cluster.ts'

/** One change at one Consul agent. */
export type ConsulStep =
  | {
      readonly kind: 'register'
      readonly registration: Registration
      /** ID of a registration held already, whose check asks the same of the same instance. */
      readonly checkedAs?: string
    }
  | { readonly kind: 'drain'; readonly id: string; readonly reason: string }
  | { readonly kind: 'resume'; readonly id: string }
  | { readonly kind: 'deregister'; readonly id: string; readonly reason: string }

/** What the observations say of the instances behind registrations that are not wanted any more. */
export interface Evidence {
  readonly instances: ReadonlyMap<string, Instance>
  /** IDs of instances that the observation before this one did not have either. */
  readonly absentBefore: ReadonlySet<string>
  /** Workloads that are declared though nobody can tell as what: see `Plan`. */
  readonly unreadable: ReadonlySet<string>
}

/**
 * The steps that bring one agent from what it holds to what it should hold; none if they are equal.
 * Removal follows evidence at once (the instance has ended) and absence slowly (an instance that no
 * list has any more must be missing from two complete observations). Every registration is drained
 * before it goes, that of an ended instance too: so the nodes know it from one that Consul lost,
 * which they keep for a while.
 */
export function consulSteps(
  desired: readonly Registration[],
  registered: readonly HeldRegistration[],
  evidence: Evidence,
): ConsulStep[] {
  const actual = new Map(registered.map((instance) => [instance.id, instance]))
  const wanted = new Set(desired.map((registration) => registration.id))
  const news = desired.filter(({ id }) => !actual.has(id))
  const twins = news.length > 0 ? registeredByQuestion(desired, actual) : new Map<string, string>()
  return [
    ...desired.flatMap((registration) => {
      const instance = actual.get(registration.id)
      const twin = instance === undefined ? twins.get(questionOf(registration)) : undefined
      return stepsToward(registration, instance, twin)
    }),
    ...registered.filter((instance) => !wanted.has(instance.id)).flatMap((each) => stepsAway(each, evidence)),
  ]
}

/** IDs of registrations that the Consul agent holds as they are wanted, by what their checks ask. */
function registeredByQuestion(
  desired: readonly Registration[],
  actual: ReadonlyMap<string, HeldRegistration>,
): ReadonlyMap<string, string> {
  const checked = desired.filter(({ id, meta }) => actual.get(id)?.hash === meta['shoal-hash'])
  return new Map(checked.map((registration) => [questionOf(registration), registration.id]))
}

/** What a check asks, and of which instance: how often makes no difference to a good answer. */
function questionOf({ meta, check: { http, tcp, host } }: Registration): string {
  return JSON.stringify([meta['shoal-task'], http, tcp, host])
}

function stepsToward(
  registration: Registration,
  actual: HeldRegistration | undefined,
  checkedAs: string | undefined,
): ConsulStep[] {
  const { id, maintenance } = registration
  // An instance that is to stop needs no new registration, only its drain.
  if (actual === undefined && maintenance !== null) return []
  const steps: ConsulStep[] = []
  const known = checkedAs === undefined ? {} : { checkedAs }
  const mayStay = actual !== undefined && registration.asHeld
  if (actual?.hash !== registration.meta['shoal-hash'] && !mayStay) {
    steps.push({ kind: 'register', registration, ...known })
  }
  if (maintenance !== null && actual?.maintenance !== true) {
    steps.push({ kind: 'drain', id, reason: maintenance })
  }
  if (maintenance === null && actual?.maintenance === true) steps.push({ kind: 'resume', id })
  return steps
}

function stepsAway({ id, instanceId, maintenance }: HeldRegistration, evidence: Evidence): ConsulStep[] {
  const instance = evidence.instances.get(instanceId)
  const drain = (reason: string): ConsulStep[] => [{ kind: 'drain', id, reason }]
  const deregister = (reason: string): ConsulStep[] => [{ kind: 'deregister', id, reason }]
  if (instance === undefined) {
    if (maintenance) return deregister('drained, and the task is gone')
    return evidence.absentBefore.has(instanceId) ? drain('the task is gone') : []
  }
  if (instance.phase === 'ended') return (maintenance ? deregister : drain)(instance.why)
  if (instance.phase === 'stopping' && !maintenance) return drain(instance.why)
  if (evidence.unreadable.has(instance.workload)) return []
  if (maintenance) return deregister('drained, and no longer declared')
  // An instance keeps its addresses for life: a list that lacks them says nothing of it.
  return Object.keys(instance.addresses).length === 0 ? [] : drain('no longer declared')
}
