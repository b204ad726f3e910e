import { isTerminal } from '../model/swarm.ts'
import type { SwarmSnapshot } from '../model/swarm.ts'

/** Fewer missing tasks than this never stop a plan: small stacks come and go. */
const GUARD_FLOOR = 3
const GUARD_SHARE = 0.5
/** ms after which a list that goes on saying so is believed. */
const GUARD_PATIENCE = 5 * 60_000

/** Whether a snapshot may be acted on. */
export type Verdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'incoherent'; readonly message: string }
  | { readonly kind: 'held'; readonly missing: number; readonly known: number; readonly message: string }

/**
 * The mass-removal guard. `serving` holds the IDs of tasks that are registered and not draining: if most of them are
 * simply missing from a snapshot (not stopped, not failed: missing), the list is doubted rather than the tasks, until
 * it has said the same for `GUARD_PATIENCE`. `heldFor` is how many ms snapshots have been held for now.
 */
export function judge(snapshot: SwarmSnapshot, serving: ReadonlySet<string>, heldFor = 0): Verdict {
  const services = new Set(snapshot.services.map((service) => service.id))
  const orphan = snapshot.tasks.find(
    (task) => task.desired === 'running' && !isTerminal(task.state) && !services.has(task.serviceId),
  )
  if (orphan !== undefined) {
    const message = `task ${orphan.id} should run, but its service ${orphan.serviceId} is in no list`
    return { kind: 'incoherent', message }
  }
  const present = new Set(snapshot.tasks.map((task) => task.id))
  const missing = [...serving].filter((task) => !present.has(task)).length
  const few = missing < GUARD_FLOOR || missing <= serving.size * GUARD_SHARE
  if (few || heldFor >= GUARD_PATIENCE) return { kind: 'accepted' }
  const minutes = GUARD_PATIENCE / 60_000
  const message = `${missing} of ${serving.size} serving tasks vanished without having been stopped: nothing is changed unless it stays so for ${minutes} minutes`
  return { kind: 'held', missing, known: serving.size, message }
}
