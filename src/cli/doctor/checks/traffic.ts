import type { ConditionType, ServiceStatus } from '../../../model/status.ts'
import { fault, onConsul, warning } from '../check.ts'
import type { Check, Diagnosis } from '../check.ts'
import type { ConsulFacts, DoctorFacts, SwarmFacts } from '../facts.ts'
import { runs } from './parts.ts'

/** ms that a change may take to reach every node before it counts as a fault. */
const PROPAGATION_TIME = 30_000

export const proxies: Check = {
  name: 'proxies',
  healthy: 'every node’s HAProxy has the newest policy of every service',
  find: onConsul((consul, swarm, facts) =>
    haproxyNodes(swarm, facts).flatMap((node) => [...refusals(node, consul), ...behind(node, consul, facts)]),
  ),
}

/** Host names of the ready nodes that run a HAProxy. */
function haproxyNodes({ snapshot }: SwarmFacts, { settings }: DoctorFacts): readonly string[] {
  const tasks = snapshot.instances.filter(({ workload }) => workload === settings.deployment.haproxy)
  return snapshot.nodes
    .filter(({ id, status }) => status === 'ready' && tasks.some((task) => task.nodeId === id && runs(task)))
    .map(({ hostname }) => hostname)
}

function refusals(node: string, { reports, policies }: ConsulFacts): Diagnosis[] {
  return reports
    .filter((report) => report.node === node && policies.has(report.key) && report.error !== null)
    .map(({ key, error }) =>
      fault(
        node,
        `its HAProxy refused the configuration of ${key}, the one before it stays in force: ${error}`,
        `mend the spec of ${key} if it can be told from the complaint; else report it with shoal get services -o yaml`,
      ),
    )
}

function behind(node: string, { reports, policies, statuses }: ConsulFacts, facts: DoctorFacts): Diagnosis[] {
  const own = new Map(reports.filter((report) => report.node === node).map((each) => [each.key, each]))
  const missing = [...policies.values()].filter(
    ({ key, revision }) => own.get(key)?.revision !== revision && (own.get(key)?.error ?? null) === null,
  )
  if (missing.length === 0) return []
  const lasting = missing.some(({ key }) => lasts(statuses.get(key), 'Programmed', facts))
  const level = lasting ? fault : warning
  const found = `its node agent has not reported the newest policy of ${missing.map(({ key }) => key).join(', ')}`
  return [level(node, found, `look again in 30 s; then docker service logs ${facts.stack}_node`)]
}

/** Whether a condition has been unmet for longer than a change takes. */
function lasts(status: ServiceStatus | undefined, type: ConditionType, { now }: DoctorFacts): boolean {
  const condition = status?.conditions.find((each) => each.type === type)
  return condition?.status === 'False' && now - Date.parse(condition.since) > PROPAGATION_TIME
}

export const health: Check = {
  name: 'health',
  healthy: 'every service that should has a task that passes its check',
  find: onConsul(({ statuses }, _, facts) =>
    [...statuses.values()].flatMap((status) => [...unready(status), ...unregistered(status, facts)]),
  ),
}

function unready({ key, conditions }: ServiceStatus): Diagnosis[] {
  const ready = conditions.find(({ type }) => type === 'Ready')
  const resolved = conditions.find(({ type }) => type === 'Resolved')
  const mend = `shoal get endpoints ${key} shows which; docker service logs says why`
  if (ready === undefined || resolved?.status !== 'True') return []
  if (ready.reason === 'Unavailable') {
    return [fault(`service ${key}`, `no task passes its check (${ready.message}): requests get 503`, mend)]
  }
  if (ready.reason === 'Degraded') {
    return [warning(`service ${key}`, `only ${ready.message} pass their check`, mend)]
  }
  return []
}

function unregistered(status: ServiceStatus, facts: DoctorFacts): Diagnosis[] {
  if (!lasts(status, 'Registered', facts)) return []
  const message = status.conditions.find(({ type }) => type === 'Registered')?.message
  return [
    fault(
      `service ${status.key}`,
      `only ${message} are registered in Consul`,
      `docker service logs ${facts.stack}_controller says what failed`,
    ),
  ]
}
