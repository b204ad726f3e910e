import type { SwarmService, SwarmSnapshot, SwarmTask } from '../../model/cluster.ts'

/** Snapshots never change, so what is made of one is made once, when it is first asked for. */
function once<T>(make: (snapshot: SwarmSnapshot) => T): (snapshot: SwarmSnapshot) => T {
  const made = new WeakMap<SwarmSnapshot, { readonly value: T }>()
  return (snapshot) => {
    const known = made.get(snapshot) ?? { value: make(snapshot) }
    made.set(snapshot, known)
    return known.value
  }
}

/** Tasks by ID. */
export const tasksById: (snapshot: SwarmSnapshot) => ReadonlyMap<string, SwarmTask> = once(
  ({ tasks }) => new Map(tasks.map((task) => [task.id, task])),
)

const servicesByName = once(({ services }) => new Map(services.map((service) => [service.name, service])))

const tasksByService = once(({ tasks }) => Map.groupBy(tasks, ({ serviceName }) => serviceName))

export function serviceNamed(snapshot: SwarmSnapshot, name: string): SwarmService | undefined {
  return servicesByName(snapshot).get(name)
}

/** Tasks of the service of that name, in the snapshot's order. */
export function tasksOfService(snapshot: SwarmSnapshot, name: string): readonly SwarmTask[] {
  return tasksByService(snapshot).get(name) ?? []
}
