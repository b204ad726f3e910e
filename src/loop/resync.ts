import { defer, filter, from, map, merge, mergeMap, pairwise, repeat, timer } from 'rxjs'
import type { Observable, SchedulerLike } from 'rxjs'
import { jittered } from './jitter.ts'

/** ms in which each key is compared in turn, and ms between two of them at least. */
const RESYNC = { all: 5000, each: 1000 }

/**
 * Says which of the keys there are is to be compared with the world again: one after the other, so that news need not
 * queue behind all of them, and all at once when Consul answers again after it was `silent`.
 */
export function resyncInTurn<K>(
  keys: () => readonly K[],
  silent: Observable<boolean>,
  scheduler: SchedulerLike,
  random: () => number,
): Observable<K> {
  let turn = 0
  const next = (): readonly K[] => {
    const all = keys()
    turn = (turn + 1) % Math.max(1, all.length)
    return all.slice(turn, turn + 1)
  }
  const inTurn$ = defer(() => {
    const ms = Math.max(RESYNC.each, RESYNC.all / Math.max(1, keys().length))
    return timer(jittered(ms, random), scheduler)
  }).pipe(repeat(), map(next))
  // What Consul lost while it was away, it lost all at once.
  const atOnce$ = silent.pipe(
    pairwise(),
    filter(([before, now]) => before && !now),
    map(() => keys()),
  )
  return merge(inTurn$, atOnce$).pipe(mergeMap((due) => from(due)))
}
