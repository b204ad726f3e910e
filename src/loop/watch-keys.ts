import { Observable, Subscription, defer } from 'rxjs'

/** What a key's watch says, or that the key left the set. */
export type Watched<K extends string, T> =
  { readonly key: K; readonly value: T } | { readonly key: K; readonly gone: true }

/**
 * Keeps one watch for each key of the newest set: subscribes when a key appears, unsubscribes when
 * it goes and then says so. A key whose watch completes stays, silent, until it goes. An error of
 * `keys$` or of any watch ends all. Never completes.
 */
export function watchKeys<K extends string, T>(
  keys$: Observable<ReadonlySet<K>>,
  watch: (key: K) => Observable<T>,
): Observable<Watched<K, T>> {
  return new Observable<Watched<K, T>>((subscriber) => {
    const watches = new Map<K, Subscription>()
    let newest: ReadonlySet<K> = new Set()

    const error = (cause: unknown): void => subscriber.error(cause)

    const start = (key: K): void => {
      // Known before it is subscribed to: its first value may come at once, and take the key out of
      // the set.
      const subscription = new Subscription()
      watches.set(key, subscription)
      subscriber.add(subscription)
      const inner = defer(() => watch(key)).subscribe({
        next: (value) => {
          if (!subscription.closed) subscriber.next({ key, value })
        },
        error,
      })
      subscription.add(inner)
    }

    const stop = (key: K, subscription: Subscription): void => {
      subscription.unsubscribe()
      watches.delete(key)
      subscriber.next({ key, gone: true })
    }

    const follow = (keys: ReadonlySet<K>): void => {
      newest = keys
      for (const [key, subscription] of watches) {
        if (!keys.has(key)) stop(key, subscription)
        // What was just emitted led to a newer set, which has been followed already.
        if (newest !== keys) return
      }
      for (const key of keys) {
        if (!watches.has(key)) start(key)
        if (newest !== keys) return
      }
    }

    subscriber.add(keys$.subscribe({ next: follow, error }))
  })
}
