import { NEVER, timer, type Observable, type SchedulerLike } from 'rxjs'

/** setTimeout and setInterval fire at once if asked for more (24.8 days), Infinity included. */
const LONGEST = 2 ** 31 - 1

/** Emits once after `ms`; never if that is longer than timers can wait. */
export function after(ms: number, scheduler: SchedulerLike): Observable<unknown> {
  return ms <= LONGEST ? timer(ms, scheduler) : NEVER
}
