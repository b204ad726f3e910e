import { isTombstone } from '../../model/policy.ts'
import type { Policy, Tombstone } from '../../model/policy.ts'
import type { ServiceKey } from '../../model/service.ts'
import { shareFields } from '../../lib/share.ts'

/**
 * ms that a policy outlives its disappearance without a tombstone. Deletion always leaves one, so
 * this is a lost KV store, and the controller writes it anew: there is no hurry in taking down a
 * service.
 */
export const POLICY_GRACE = 10 * 60_000

export interface HeldPolicy {
  /** Null while the endpoints of a new one are not known yet. */
  readonly inForce: Policy | null
  /** Takes force once all its endpoints are known, so that no backend is emptied in between. */
  readonly next: Policy | null
  /** When it was first missing, ms since the epoch; null while it's there. */
  readonly absentSince: number | null
}

export type HeldPolicies = ReadonlyMap<ServiceKey, HeldPolicy>

/** After a complete answer. An entry that can't be read leaves the last good one in force. */
export function nextPolicies(
  held: HeldPolicies,
  entries: ReadonlyMap<ServiceKey, Policy | Tombstone>,
  malformed: ReadonlyMap<string, string>,
  now: number,
): HeldPolicies {
  const next = new Map<ServiceKey, HeldPolicy>()
  for (const [key, policy] of held) {
    if (malformed.has(key)) next.set(key, { ...policy, absentSince: null })
    else if (!entries.has(key)) next.set(key, { ...policy, absentSince: policy.absentSince ?? now })
  }
  for (const [key, entry] of entries) {
    if (isTombstone(entry)) continue
    const inForce = held.get(key)?.inForce ?? null
    next.set(key, { inForce, next: entry, absentSince: null })
  }
  return next
}

/** Puts in force what waited for the last of these Consul services to be answered. */
export function forcePolicies(held: HeldPolicies, answered: ReadonlySet<string>): HeldPolicies {
  return new Map(
    [...held].map(([key, policy]) => {
      const { inForce, next } = policy
      const ready = next?.backends.every(({ consulService }) => answered.has(consulService)) === true
      return [
        key,
        ready ? { ...policy, inForce: shareFields(inForce ?? undefined, next), next: null } : policy,
      ]
    }),
  )
}

export function expirePolicies(held: HeldPolicies, now: number): HeldPolicies {
  return new Map([...held].filter(([, policy]) => (policyExpiry(policy) ?? Infinity) > now))
}

export function policyExpiry({ absentSince }: HeldPolicy): number | null {
  return absentSince === null ? null : absentSince + POLICY_GRACE
}
