import type { Workload, ClusterSnapshot, Instance } from '../../model/cluster.ts'
import { once } from '../../lib/once.ts'

/** Instances by ID. */
export const instancesById: (snapshot: ClusterSnapshot) => ReadonlyMap<string, Instance> = once(
  ({ instances }) => new Map(instances.map((instance) => [instance.id, instance])),
)

const workloadsByName = once(
  ({ workloads }: ClusterSnapshot) => new Map(workloads.map((workload) => [workload.name, workload])),
)

const instancesByWorkload = once(({ instances }: ClusterSnapshot) =>
  Map.groupBy(instances, ({ workload }) => workload),
)

/** Which version of its workload an instance was made from: `other` is neither of the last two. */
type InstanceVersion = 'current' | 'previous' | 'other'

export function versionOf({ template }: Instance, workload: Workload | undefined): InstanceVersion {
  const current = workload?.template ?? ''
  if (template === '' || current === '' || template === current) return 'current'
  return workload?.previous?.template === template ? 'previous' : 'other'
}

export function workloadNamed(snapshot: ClusterSnapshot, name: string): Workload | undefined {
  return workloadsByName(snapshot).get(name)
}

/** Instances of the workload of that name, in the snapshot's order. */
export function instancesOf(snapshot: ClusterSnapshot, name: string): readonly Instance[] {
  return instancesByWorkload(snapshot).get(name) ?? []
}
