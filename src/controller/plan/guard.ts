import type { ClusterSnapshot } from '../../model/cluster.ts'
import { instancesById } from './lookup.ts'

/** Fewer missing tasks than this never stop a plan: small stacks come and go. */
const GUARD_FLOOR = 3
const GUARD_SHARE = 0.5
/** ms after which a list that goes on saying so is believed. */
const GUARD_PATIENCE = 5 * 60_000
/**
 * ms likewise, if it is specs that are missing: these people do delete at once, and their tasks run
 * on.
 */
const SPEC_PATIENCE = 60_000

/** Whether a snapshot may be acted on. */
export type GuardVerdict =
  | { readonly kind: 'accepted' }
  | { readonly kind: 'incoherent'; readonly message: string }
  | { readonly kind: 'held'; readonly missing: number; readonly known: number; readonly message: string }

/**
 * The mass-removal guard. `serving` holds the IDs of instances that are registered or are to be,
 * not draining, and of whose checks none failed: if most of them are simply missing from a snapshot (not stopped, not failed:
 * missing), the list is doubted rather than the instances, until it has said the same for
 * `GUARD_PATIENCE`. `heldFor` is how many ms snapshots have been held for now.
 */
export function guardSnapshot(
  snapshot: ClusterSnapshot,
  serving: ReadonlySet<string>,
  heldFor = 0,
): GuardVerdict {
  const workloads = new Set(snapshot.workloads.map(({ id }) => id))
  const orphan = snapshot.instances.find(
    ({ wanted, phase, workloadId }) => wanted && phase !== 'ended' && !workloads.has(workloadId),
  )
  if (orphan !== undefined) {
    const message = `task ${orphan.id} should run, but its service ${orphan.workloadId} is in no list`
    return { kind: 'incoherent', message }
  }
  const present = instancesById(snapshot)
  const missing = [...serving].filter((id) => !present.has(id)).length
  if (!isMost(missing, serving.size) || heldFor >= GUARD_PATIENCE) return { kind: 'accepted' }
  const minutes = GUARD_PATIENCE / 60_000
  const message = `${missing} of ${serving.size} serving tasks vanished without having been stopped: nothing is changed unless it stays so for ${minutes} minutes`
  return { kind: 'held', missing, known: serving.size, message }
}

/** Whether so many missing are most of all, and not just a few. */
export function isMost(missing: number, all: number): boolean {
  return missing >= GUARD_FLOOR && missing > all * GUARD_SHARE
}

/** Whether it is still to be doubted that most specs are gone, when none was seen for `ms`. */
export function isDoubtful(ms: number): boolean {
  return ms < SPEC_PATIENCE
}
