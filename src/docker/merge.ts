/**
 * Makes observations of what the engine listed. What is as it was before is the very same object in
 * both.
 */
import { by } from '../lib/order.ts'
import { identicalFields, sameContent } from '../lib/same.ts'
import { shareList } from '../lib/share.ts'
import type { ClusterSnapshot, Instance, ObservedNodes, Workload } from '../model/cluster.ts'
import type { ConfigAnswer, NodeAnswer, ServiceAnswer, TaskAnswer } from './answers.ts'
import { leads } from './leader.ts'
import { toInstance, toNode, toSpecText, toWorkload } from './narrow.ts'

type KnownWorkloads = Pick<ClusterSnapshot, 'workloads' | 'instances'>

/** Complete lists, all of one moment as far as that goes. */
export interface ListAnswers {
  readonly services: readonly ServiceAnswer[]
  readonly tasks: readonly TaskAnswer[]
  readonly configs: readonly ConfigAnswer[]
}

const NOTHING = { workloads: [], instances: [], specs: [] }

/** A whole observation; `previous` itself if nothing is new. */
export function snapshotOf(
  previous: ClusterSnapshot | null,
  { services, tasks, configs }: ListAnswers,
  nodes: ObservedNodes,
): ClusterSnapshot {
  const known = previous ?? NOTHING
  const workloads = unchanged(known.workloads, services.map(toWorkload))
  const names = workloadNames(previous, workloads)
  const instances = tasks.map((task) => toInstance(task, names))
  const specs = configs.map(toSpecText)
  const snapshot = {
    workloads: shareList(known.workloads, byId(workloads)),
    instances: shareList(known.instances, byId(unchanged(known.instances, instances))),
    specs: shareList(known.specs, byId(unchanged(known.specs, specs))),
    ...nodes,
  }
  return previous !== null && identicalFields(previous, snapshot) ? previous : snapshot
}

/**
 * `self` is the node ID of the engine that was asked: the controller beside it acts where it leads
 * the Swarm.
 */
export function nodesOf(
  previous: Pick<ClusterSnapshot, 'nodes'> | null,
  answers: readonly NodeAnswer[],
  self: string,
): ObservedNodes {
  const known = previous?.nodes ?? []
  const nodes = shareList(known, byId(unchanged(known, answers.map(toNode))))
  return { nodes, self, acting: leads({ nodes, self }) }
}

/**
 * Names of services by ID, for their tasks: of those listed now, and of those removed since
 * `previous` was made, whose last tasks are still around.
 */
export function workloadNames(
  previous: KnownWorkloads | null,
  services: readonly Workload[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { workloadId, workload } of previous?.instances ?? []) names.set(workloadId, workload)
  for (const { id, name } of [...(previous?.workloads ?? []), ...services]) names.set(id, name)
  return names
}

/**
 * `previous` with the services of those IDs, and all their tasks, replaced by what was listed
 * since. One that is no longer listed is gone. Services and tasks come out in order of their IDs,
 * as from a full observation.
 */
export function replaceWorkloads(
  previous: ClusterSnapshot,
  serviceIds: readonly string[],
  services: readonly Workload[],
  tasks: readonly TaskAnswer[],
): ClusterSnapshot {
  const asked = new Set(serviceIds)
  const names = workloadNames(previous, services)
  const fresh = tasks.filter(({ ServiceID }) => ServiceID && asked.has(ServiceID))
  const replaced = previous.instances.filter(({ workloadId }) => asked.has(workloadId))
  return {
    ...previous,
    workloads: byId([
      ...previous.workloads.filter(({ id }) => !asked.has(id)),
      ...unchanged(previous.workloads, services),
    ]),
    instances: byId([
      ...previous.instances.filter(({ workloadId }) => !asked.has(workloadId)),
      ...unchanged(
        replaced,
        fresh.map((task): Instance => toInstance(task, names)),
      ),
    ]),
  }
}

/**
 * The items with those that are as before being the very same objects: what follows from them needs
 * no second look.
 */
function unchanged<T extends { readonly id: string }>(before: readonly T[], now: readonly T[]): readonly T[] {
  const known = new Map(before.map((item) => [item.id, item]))
  return now.map((item) => {
    const was = known.get(item.id)
    return was !== undefined && sameContent(was, item) ? was : item
  })
}

function byId<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  return items.toSorted(by(({ id }) => id))
}
