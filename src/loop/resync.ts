import { defer, filter, mergeMap, pairwise, repeat, timer } from 'rxjs'
import type { Observable, SchedulerLike } from 'rxjs'
import { jittered } from './timing.ts'

export interface InTurnOptions {
  /** ms in which each key has its turn. */
  readonly all: number
  /** ms between two turns, at least and at most. */
  readonly least: number
  readonly most: number
  readonly scheduler: SchedulerLike
  /** In [0, 1), as Math.random. */
  readonly random: () => number
}

/**
 * Says which of the keys there are has its turn to be compared with the world again: one after the
 * other, so that news need not queue behind all of them.
 */
export function inTurn<K>(keys: () => readonly K[], options: InTurnOptions): Observable<K> {
  const { all, least, most, scheduler, random } = options
  let turn = 0
  const next = (): readonly K[] => {
    const present = keys()
    turn = (turn + 1) % Math.max(1, present.length)
    return present.slice(turn, turn + 1)
  }
  return defer(() => {
    const ms = Math.min(most, Math.max(least, all / Math.max(1, keys().length)))
    return timer(jittered(ms, random), scheduler)
  }).pipe(repeat(), mergeMap(next))
}

/**
 * All keys at once whenever it ends that Consul is `silent`: what it lost while it was away, it
 * lost all at once.
 */
export function afterSilence<K>(keys: () => readonly K[], silent: Observable<boolean>): Observable<K> {
  return silent.pipe(
    pairwise(),
    filter(([before, now]) => before && !now),
    mergeMap(keys),
  )
}
