/** Runs what it is given one after the other, in the order in which it was given. */
export class OneAtATime {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.catch(() => null)
    return result
  }

  /** Resolves once nothing runs that was given until now. */
  async idle(): Promise<void> {
    await this.#last
  }
}
