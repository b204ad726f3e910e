import { defer, from, tap, type Observable } from 'rxjs'

/**
 * A promise as a cold stream: unsubscribing before it settles aborts it, and what it then does is ignored.
 * Never emits synchronously; a `start` that throws is a rejection.
 */
export function abortable<T>(start: (signal: AbortSignal) => Promise<T>): Observable<T> {
  return defer(() => {
    const aborter = new AbortController()
    const started = async (): Promise<T> => start(aborter.signal)
    return from(started()).pipe(tap({ unsubscribe: () => aborter.abort() }))
  })
}
