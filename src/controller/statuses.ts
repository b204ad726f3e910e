import { registrationOfCheck } from '../model/names.ts'
import type { ServiceKey } from '../model/service.ts'
import type { NodeReport, ServiceStatus } from '../model/status.ts'
import type { ClusterSnapshot } from '../model/cluster.ts'
import { statusOf } from './plan/conditions.ts'
import type { StatusInput } from './plan/conditions.ts'
import { workloadNamed, instancesOf } from './plan/lookup.ts'
import type { KvPort } from './ports.ts'
import type { ControllerSettings, ControllerState, RegisteredByNode } from './state.ts'
import { STATUSES } from '../store/statuses.ts'
import { sameContent } from '../lib/same.ts'
import type { FailingChecks } from '../model/registration.ts'

/** What is followed of Consul, whether this node leads or not. */
export interface FollowedFacts {
  /** Checks that do not pass, as `<Consul node>/<check ID>`. */
  readonly failing: FailingChecks
  /** What each node agent has programmed. */
  readonly reports: readonly NodeReport[]
}

/** What else a status is judged by, beside the plan. */
export interface Facts extends FollowedFacts {
  readonly registered: RegisteredByNode
  /** As they were before: the times of conditions that did not change go on. */
  readonly previous: ReadonlyMap<ServiceKey, ServiceStatus>
  /** ms since the epoch */
  readonly now: number
}

/** The status of every declared service, by key. */
export function statuses(
  state: ControllerState,
  facts: Facts,
  { deployment }: Pick<ControllerSettings, 'deployment'>,
): Map<ServiceKey, ServiceStatus> {
  const { plan } = state
  const ids = [...facts.registered.values()].flat().map(({ id }) => id)
  const proxies = proxyNodes(state, deployment.haproxy)
  const verdicts = verdictsByKey(facts.reports.filter(({ node }) => proxies.has(node)))
  const problems = new Map(plan.claims.map((claim) => [claim.declaration.key, claim.problems]))
  const shared = {
    mesh: deployment.mesh,
    registered: new Set(ids),
    failing: new Set([...facts.failing.keys()].map(registrationOfCheck)),
    proxies: proxies.size,
    now: new Date(facts.now).toISOString(),
  }
  return new Map(
    plan.declarations.map((declaration) => {
      const { key } = declaration
      const policy = plan.policies.get(key) ?? null
      const own: Omit<StatusInput, keyof typeof shared> = {
        declaration,
        policy,
        snapshot: partOf(state.snapshot, policy?.spec.selector.service ?? ''),
        problems: problems.get(key) ?? declaration.problems,
        reports: verdicts.get(key) ?? [],
        previous: facts.previous.get(key) ?? null,
      }
      return [key, statusOf({ ...shared, ...own })]
    }),
  )
}

/**
 * One pass over what all nodes report: a look-up for each service in each report takes several
 * times as long.
 */
function verdictsByKey(reports: readonly NodeReport[]): ReadonlyMap<ServiceKey, StatusInput['reports']> {
  const verdicts = reports.flatMap(({ node, revisions, errors }) =>
    [...revisions].map(([key, revision]) => ({ key, node, revision, error: errors.get(key) ?? null })),
  )
  return Map.groupBy(verdicts, ({ key }) => key)
}

/** All about one Swarm service, and nothing else: the rest is not gone through for each. */
function partOf(snapshot: ClusterSnapshot, name: string): ClusterSnapshot {
  const service = workloadNamed(snapshot, name)
  return {
    ...snapshot,
    workloads: service === undefined ? [] : [service],
    instances: instancesOf(snapshot, name),
  }
}

/**
 * Writes the statuses that differ from those last written, and removes those of services no longer
 * declared. `actual` is what the KV store has, by its keys; null if nobody looked.
 */
export async function writeStatuses(
  kv: KvPort,
  written: Map<ServiceKey, ServiceStatus>,
  wanted: ReadonlyMap<ServiceKey, ServiceStatus>,
  actual: ReadonlyMap<string, string> | null,
): Promise<void> {
  for (const [key, status] of wanted) {
    const text = STATUSES.encode(status)
    const isThere = actual === null || actual.get(STATUSES.key(key)) === text
    if (isThere && sameContent(written.get(key), status)) continue
    await kv.put(STATUSES.key(key), text)
    written.set(key, status)
  }
  const own = new Map([...written.keys()].map((key) => [STATUSES.key(key), key]))
  const right = new Set([...wanted.keys()].map((key) => STATUSES.key(key)))
  for (const path of new Set([...own.keys(), ...(actual?.keys() ?? [])])) {
    if (right.has(path)) continue
    await kv.delete(path)
    const key = own.get(path)
    if (key !== undefined) written.delete(key)
  }
}

function proxyNodes({ snapshot }: ControllerState, haproxy: string): Set<string> {
  const ready = new Map(
    snapshot.nodes.filter(({ status }) => status === 'ready').map(({ id, hostname }) => [id, hostname]),
  )
  const wanted = instancesOf(snapshot, haproxy).filter((instance) => instance.wanted)
  return new Set(wanted.flatMap(({ nodeId }) => ready.get(nodeId ?? '') ?? []))
}
