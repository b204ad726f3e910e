import { registrationId } from '../../model/names.ts'
import type { Policy } from '../../model/policy.ts'
import type { Condition, ConditionType, ProxyReport, ServiceStatus } from '../../model/status.ts'
import type { ClusterSnapshot, Instance } from '../../model/cluster.ts'
import { isUnreadable } from './declaration.ts'
import type { Declaration } from './declaration.ts'
import type { Reason } from '../../model/reasons.ts'
import { sourceText } from '../../model/source.ts'
import { CONDITION_TYPES } from '../../model/status.ts'

/** All that the state of one service is judged by. */
export interface StatusInput {
  readonly declaration: Declaration
  /** Null when nothing of it is in force. */
  readonly policy: Policy | null
  readonly problems: Declaration['problems']
  readonly snapshot: ClusterSnapshot
  readonly mesh: string
  /** Registration IDs at all agents. */
  readonly registered: ReadonlySet<string>
  /** Registration IDs whose checks do not pass. */
  readonly failing: ReadonlySet<string>
  /** Reports on this service, one a proxy. */
  readonly reports: readonly NodeVerdict[]
  /** Number of proxies that should report. */
  readonly proxies: number
  readonly previous: ServiceStatus | null
  /** ISO 8601 */
  readonly now: string
}

/** Of one proxy on one service. */
type NodeVerdict = Pick<ProxyReport, 'node' | 'revision' | 'error'>

/** Said of an unreadable spec, since its tasks may serve all the same. */
const LAST_GOOD_UNKNOWN =
  'no good version is known: tasks that are registered stay so, and no others are registered'

type ConditionFinding = readonly [status: Condition['status'], reason: Reason, message: string]

/**
 * The conditions of one service. `since` is carried over from `previous` while a status stays the
 * same.
 */
export function statusOf(input: StatusInput): ServiceStatus {
  const { declaration, previous, now } = input
  const instances = wantedInstances(input)
  const ready = instances.filter((instance) => serves(instance, input)).length
  const findings: Record<ConditionType, ConditionFinding> = {
    Accepted: accepted(input),
    Resolved: resolved(input, instances),
    Registered: registered(input, instances),
    Programmed: programmed(input),
    Ready: readiness(ready, instances.length, input),
  }
  const conditions = CONDITION_TYPES.map((type) => {
    const [status, reason, message] = findings[type]
    const before = previous?.conditions.find((condition) => condition.type === type)
    return { type, status, reason, message, since: before?.status === status ? before.since : now }
  })
  const { key, source } = declaration
  const upToDate = programmedProxies(input.policy, input.reports)
  return {
    key,
    conditions,
    total: instances.length,
    ready,
    programmed: upToDate,
    proxies: input.proxies,
    source,
  }
}

function programmedProxies(policy: Policy | null, reports: readonly NodeVerdict[]): number {
  return reports.filter((report) => report.revision === policy?.revision && report.error === null).length
}

function wantedInstances({ snapshot, policy }: StatusInput): Instance[] {
  const name = policy?.spec.selector.service
  return snapshot.instances.filter(
    ({ workload, wanted, phase }) => workload === name && wanted && phase !== 'ended',
  )
}

/**
 * One that does not run yet has a check that may not have run either: that is no failure, and no
 * success.
 */
function serves(instance: Instance, input: StatusInput): boolean {
  if (instance.phase !== 'running' || !isRegistered(instance, input)) return false
  return registrationsOf(instance, input).every((id) => !input.failing.has(id))
}

function isRegistered(instance: Instance, input: StatusInput): boolean {
  return registrationsOf(instance, input).every((id) => input.registered.has(id))
}

function registrationsOf(instance: Instance, { policy }: StatusInput): string[] {
  return (policy?.backends ?? []).map(({ consulService }) => registrationId(instance.name, consulService))
}

function accepted({ declaration, problems }: StatusInput): ConditionFinding {
  const [first] = problems
  if (first === undefined) return ['True', 'Accepted', `from ${sourceText(declaration.source)}`]
  const what = problems.map((problem) => problem.message)
  return [
    'False',
    first.reason,
    [...what, ...(isUnreadable(declaration) ? [LAST_GOOD_UNKNOWN] : [])].join('; '),
  ]
}

function resolved(
  { policy, problems, snapshot, mesh }: StatusInput,
  instances: readonly Instance[],
): ConditionFinding {
  if (policy === null) return ['Unknown', problems[0]?.reason ?? 'InvalidSpec', 'no spec is in force']
  const name = policy.spec.selector.service
  if (!snapshot.workloads.some((service) => service.name === name)) {
    return ['False', 'NoSuchService', `there is no Swarm service ${name}; see docker service ls`]
  }
  if (instances.length === 0) return ['False', 'NoTasks', `Swarm service ${name} has no task that should run`]
  const addressed = instances.filter((instance) => Object.keys(instance.addresses).length > 0)
  const onMesh = addressed.filter((instance) => instance.addresses[mesh] !== undefined)
  if (addressed.length > 0 && onMesh.length === 0) {
    return ['False', 'NotOnMesh', `attach service ${name} to network ${mesh}`]
  }
  return ['True', 'TasksFound', `${instances.length} tasks of Swarm service ${name}`]
}

function registered(input: StatusInput, instances: readonly Instance[]): ConditionFinding {
  const count = instances.filter((instance) => isRegistered(instance, input)).length
  const message = `${count} of ${instances.length} tasks`
  if (instances.length === 0) return ['Unknown', 'NoTasks', message]
  return count === instances.length ? ['True', 'Registered', message] : ['False', 'Registering', message]
}

function programmed({ policy, problems, reports, proxies }: StatusInput): ConditionFinding {
  if (policy === null) return ['Unknown', problems[0]?.reason ?? 'InvalidSpec', 'no spec is in force']
  const refusal = reports.find((report) => report.error !== null)
  if (refusal !== undefined) return ['False', 'Refused', `${refusal.node}: ${refusal.error}`]
  const count = programmedProxies(policy, reports)
  const message = `${count} of ${proxies} proxies`
  return count >= proxies && proxies > 0 ? ['True', 'Programmed', message] : ['False', 'Programming', message]
}

function readiness(ready: number, total: number, { policy, snapshot }: StatusInput): ConditionFinding {
  const message = `${ready} of ${total} tasks`
  const service = snapshot.workloads.find(({ name }) => name === policy?.spec.selector.service)
  if (total === 0 && service?.wanted === 0) return ['False', 'ScaledToZero', message]
  if (ready === 0) return ['False', 'Unavailable', message]
  return ready === total ? ['True', 'Ready', message] : ['True', 'Degraded', message]
}
