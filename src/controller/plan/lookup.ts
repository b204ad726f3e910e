import type { Workload, ClusterSnapshot, Instance } from '../../model/cluster.ts'

/** Snapshots never change, so what is made of one is made once, when it is first asked for. */
function once<T>(make: (snapshot: ClusterSnapshot) => T): (snapshot: ClusterSnapshot) => T {
  const made = new WeakMap<ClusterSnapshot, { readonly value: T }>()
  return (snapshot) => {
    const known = made.get(snapshot) ?? { value: make(snapshot) }
    made.set(snapshot, known)
    return known.value
  }
}

/** Tasks by ID. */
export const instancesById: (snapshot: ClusterSnapshot) => ReadonlyMap<string, Instance> = once(
  ({ instances }) => new Map(instances.map((task) => [task.id, task])),
)

const workloadsByName = once(({ workloads }) => new Map(workloads.map((service) => [service.name, service])))

const instancesByWorkload = once(({ instances }) => Map.groupBy(instances, ({ workload }) => workload))

export function workloadNamed(snapshot: ClusterSnapshot, name: string): Workload | undefined {
  return workloadsByName(snapshot).get(name)
}

/** Tasks of the service of that name, in the snapshot's order. */
export function instancesOf(snapshot: ClusterSnapshot, name: string): readonly Instance[] {
  return instancesByWorkload(snapshot).get(name) ?? []
}
