/** What a program has begun and not ended, so that one that stops can wait for it. */
export class InFlight {
  readonly #begun = new Set<Promise<unknown>>()

  /** Does the work, and knows of it until it has ended. */
  async track<T>(work: () => Promise<T>): Promise<T> {
    const working = work()
    this.#begun.add(working)
    try {
      return await working
    } finally {
      this.#begun.delete(working)
    }
  }

  /** Resolves once all that was begun has ended, in whatever way. */
  async settled(): Promise<void> {
    while (this.#begun.size > 0) await Promise.allSettled(this.#begun)
  }
}
