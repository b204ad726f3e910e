import { BehaviorSubject, map, merge, Observable, Subscription } from 'rxjs'
import type { SchedulerLike } from 'rxjs'
import { deadline, followedServices, nextView } from './view/view.ts'
import type { View, ViewEvent } from './view/view.ts'
import { after } from '../loop/timing.ts'
import { watchKeys } from '../loop/watch-keys.ts'
import type { NodePorts } from './ports.ts'

/**
 * The view after each piece of news, from `initial` on: follows the policies, and the Consul
 * services that these name, and lets graces end in time, but none while Consul is silent.
 */
export function followView(
  { policies, endpoints, silent }: Pick<NodePorts, 'policies' | 'endpoints' | 'silent'>,
  initial: View,
  scheduler: SchedulerLike,
): Observable<View> {
  return new Observable<View>((subscriber) => {
    let view = initial
    let wait = Subscription.EMPTY
    const followed = new BehaviorSubject(followedServices(view))

    const take = (event: ViewEvent): void => {
      view = nextView(view, event, scheduler.now())
      arm()
      subscriber.next(view)
      followed.next(followedServices(view))
    }
    const arm = (): void => {
      wait.unsubscribe()
      const end = deadline(view)
      if (end === null) return
      wait = after(Math.max(0, end - scheduler.now()), scheduler).subscribe(() => take({ kind: 'tick' }))
    }

    subscriber.add(() => wait.unsubscribe())
    const events$: Observable<ViewEvent | null> = merge(
      silent.pipe(map((is): ViewEvent => ({ kind: 'silence', silent: is }))),
      policies.pipe(map((kv): ViewEvent => ({ kind: 'policies', kv }))),
      watchKeys(followed, (service) => endpoints(service)).pipe(
        map((watched): ViewEvent | null =>
          'gone' in watched ? null : { kind: 'endpoints', service: watched.key, endpoints: watched.value },
        ),
      ),
    )
    subscriber.add(
      events$.subscribe({
        next: (event) => {
          if (event !== null) take(event)
        },
        error: (error: unknown) => subscriber.error(error),
      }),
    )
  })
}
