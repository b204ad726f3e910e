import type { SwarmService, SwarmSnapshot, SwarmTask } from '../model/cluster.ts'
import type { TaskAnswer } from './answers.ts'
import { toTask } from './narrow.ts'
import { by } from '../lib/order.ts'
import { sameContent } from '../lib/same.ts'

type Known = Pick<SwarmSnapshot, 'services' | 'tasks'>

/**
 * Names of services by ID, for their tasks: of those listed now, and of those removed since `previous` was made,
 * whose last tasks are still around.
 */
export function serviceNames(
  previous: Known | null,
  services: readonly SwarmService[],
): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const { serviceId, serviceName } of previous?.tasks ?? []) names.set(serviceId, serviceName)
  for (const { id, name } of [...(previous?.services ?? []), ...services]) names.set(id, name)
  return names
}

/**
 * `previous` with the services of those IDs, and all their tasks, replaced by what was listed since. One that is no
 * longer listed is gone. Services and tasks come out in order of their IDs, as from a full observation.
 */
export function replaceServices(
  previous: SwarmSnapshot,
  serviceIds: readonly string[],
  services: readonly SwarmService[],
  tasks: readonly TaskAnswer[],
): SwarmSnapshot {
  const asked = new Set(serviceIds)
  const names = serviceNames(previous, services)
  const fresh = tasks.filter(({ ServiceID }) => ServiceID && asked.has(ServiceID))
  const replaced = previous.tasks.filter(({ serviceId }) => asked.has(serviceId))
  return {
    ...previous,
    services: byId([
      ...previous.services.filter(({ id }) => !asked.has(id)),
      ...unchanged(previous.services, services),
    ]),
    tasks: byId([
      ...previous.tasks.filter(({ serviceId }) => !asked.has(serviceId)),
      ...unchanged(
        replaced,
        fresh.map((task): SwarmTask => toTask(task, names)),
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
