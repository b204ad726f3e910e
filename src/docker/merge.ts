import type { Workload, ClusterSnapshot, Instance } from '../model/cluster.ts'
import type { TaskAnswer } from './answers.ts'
import { toInstance } from './narrow.ts'
import { by } from '../lib/order.ts'
import { sameContent } from '../lib/same.ts'

type KnownWorkloads = Pick<ClusterSnapshot, 'workloads' | 'instances'>

/**
 * Names of services by ID, for their tasks: of those listed now, and of those removed since `previous` was made,
 * whose last tasks are still around.
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
 * `previous` with the services of those IDs, and all their tasks, replaced by what was listed since. One that is no
 * longer listed is gone. Services and tasks come out in order of their IDs, as from a full observation.
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

/** The items with those that are as before being the very same objects: what follows from them needs no second look. */
export function unchanged<T extends { readonly id: string }>(
  before: readonly T[],
  now: readonly T[],
): readonly T[] {
  const known = new Map(before.map((item) => [item.id, item]))
  return now.map((item) => {
    const was = known.get(item.id)
    return was !== undefined && sameContent(was, item) ? was : item
  })
}

export function byId<T extends { readonly id: string }>(items: readonly T[]): readonly T[] {
  return items.toSorted(by(({ id }) => id))
}
