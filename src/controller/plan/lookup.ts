import type { Workload, ClusterSnapshot, Instance } from '../../model/cluster.ts'
import { once } from '../../lib/once.ts'

/** Tasks by ID. */
export const instancesById: (snapshot: ClusterSnapshot) => ReadonlyMap<string, Instance> = once(
  ({ instances }) => new Map(instances.map((task) => [task.id, task])),
)

const workloadsByName = once(
  ({ workloads }: ClusterSnapshot) => new Map(workloads.map((service) => [service.name, service])),
)

const instancesByWorkload = once(({ instances }: ClusterSnapshot) =>
  Map.groupBy(instances, ({ workload }) => workload),
)

export function workloadNamed(snapshot: ClusterSnapshot, name: string): Workload | undefined {
  return workloadsByName(snapshot).get(name)
}

/** Tasks of the service of that name, in the snapshot's order. */
export function instancesOf(snapshot: ClusterSnapshot, name: string): readonly Instance[] {
  return instancesByWorkload(snapshot).get(name) ?? []
}
