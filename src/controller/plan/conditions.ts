import { containerName, registrationId } from '../../model/names.ts'
import type { Policy } from '../../model/policy.ts'
import type { Condition, ConditionType, ProxyReport, ServiceStatus } from '../../model/status.ts'
import { isTerminal } from '../../model/cluster.ts'
import type { ClusterSnapshot, Instance } from '../../model/cluster.ts'
import type { Declaration } from './declaration.ts'
import type { Reason } from '../../model/reasons.ts'

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

type ConditionFinding = readonly [status: Condition['status'], reason: Reason, message: string]

/** The conditions of one service. `since` is carried over from `previous` while a status stays the same. */
export function statusOf(input: StatusInput): ServiceStatus {
  const { declaration, previous, now } = input
  const tasks = wantedInstances(input)
  const ready = tasks.filter((task) => serves(task, input)).length
  const findings: Record<ConditionType, ConditionFinding> = {
    Accepted: accepted(input),
    Resolved: resolved(input, tasks),
    Registered: registered(input, tasks),
    Programmed: programmed(input),
    Ready: readiness(ready, tasks.length, input),
  }
  const conditions = CONDITION_TYPES.map((type) => {
    const [status, reason, message] = findings[type]
    const before = previous?.conditions.find((condition) => condition.type === type)
    return { type, status, reason, message, since: before?.status === status ? before.since : now }
  })
  const { key, source } = declaration
  const upToDate = programmedProxies(input.policy, input.reports)
  return { key, conditions, total: tasks.length, ready, programmed: upToDate, proxies: input.proxies, source }
}

const CONDITION_TYPES: readonly ConditionType[] = [
  'Accepted',
  'Resolved',
  'Registered',
  'Programmed',
  'Ready',
]

function programmedProxies(policy: Policy | null, reports: readonly NodeVerdict[]): number {
  return reports.filter((report) => report.revision === policy?.revision && report.error === null).length
}

function wantedInstances({ snapshot, policy }: StatusInput): Instance[] {
  const service = policy?.spec.selector.service
  return snapshot.instances.filter(
    (task) => task.workload === service && task.desired === 'running' && !isTerminal(task.state),
  )
}

/** A task that does not run yet has a check that may not have run either: that is no failure, and no success. */
function serves(task: Instance, input: StatusInput): boolean {
  if (task.state !== 'running' || !isRegistered(task, input)) return false
  return registrationsOf(task, input).every((id) => !input.failing.has(id))
}

function isRegistered(task: Instance, input: StatusInput): boolean {
  return registrationsOf(task, input).every((id) => input.registered.has(id))
}

function registrationsOf(task: Instance, { policy }: StatusInput): string[] {
  return (policy?.backends ?? []).map(({ consulService }) =>
    registrationId(containerName(task), consulService),
  )
}

function accepted({ declaration, problems }: StatusInput): ConditionFinding {
  const [first] = problems
  if (first === undefined) return ['True', 'Accepted', `from ${declaration.source}`]
  return ['False', first.reason, problems.map((problem) => problem.message).join('; ')]
}

function resolved(
  { policy, problems, snapshot, mesh }: StatusInput,
  tasks: readonly Instance[],
): ConditionFinding {
  if (policy === null) return ['Unknown', problems[0]?.reason ?? 'InvalidSpec', 'no spec is in force']
  const name = policy.spec.selector.service
  if (!snapshot.workloads.some((service) => service.name === name))
    return ['False', 'NoSuchService', `there is no Swarm service ${name}; see docker service ls`]
  if (tasks.length === 0) return ['False', 'NoTasks', `Swarm service ${name} has no task that should run`]
  const addressed = tasks.filter((task) => Object.keys(task.addresses).length > 0)
  const onMesh = addressed.filter((task) => task.addresses[mesh] !== undefined)
  if (addressed.length > 0 && onMesh.length === 0)
    return ['False', 'NotOnMesh', `attach service ${name} to network ${mesh}`]
  return ['True', 'TasksFound', `${tasks.length} tasks of Swarm service ${name}`]
}

function registered(input: StatusInput, tasks: readonly Instance[]): ConditionFinding {
  const count = tasks.filter((task) => isRegistered(task, input)).length
  const message = `${count} of ${tasks.length} tasks`
  if (tasks.length === 0) return ['Unknown', 'NoTasks', message]
  return count === tasks.length ? ['True', 'Registered', message] : ['False', 'Registering', message]
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
