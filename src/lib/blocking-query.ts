/** What a blocking query answers: the state, and the index to wait beyond. */
export interface Answer<T> {
  /** Consul's X-Consul-Index; 0 if it gave none. */
  readonly index: number
  readonly value: T
}

/**
 * Asks for a state: at once without an index, else when the state is newer than `index`, or after
 * some time in which it did not change. Rejects without an answer, also when the signal aborts it.
 */
export type BlockingQuery<T> = (index: number | null, signal: AbortSignal) => Promise<Answer<T>>
