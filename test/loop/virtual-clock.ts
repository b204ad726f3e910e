import { setImmediate as macrotask } from 'node:timers/promises'
import { VirtualTimeScheduler, timer } from 'rxjs'

/** Virtual time for code that mixes timers and promises: all that promises lead to happens before time goes on. */
export class VirtualClock extends VirtualTimeScheduler {
  /** Lets time pass, by `ms` exactly. */
  async advance(ms: number): Promise<void> {
    const end = this.frame + ms
    await this.#runTo(end)
    this.frame = end
  }

  /** Runs until no timer is left; for code that comes to an end. */
  async finish(): Promise<void> {
    await this.#runTo(Infinity)
  }

  /** Resolves after `ms` of virtual time. */
  async sleep(ms: number): Promise<void> {
    await new Promise((resolve) => {
      timer(ms, this).subscribe(resolve)
    })
  }

  async #runTo(end: number): Promise<void> {
    await macrotask()
    for (let next = this.#next(); next <= end && next !== Infinity; next = this.#next()) {
      this.maxFrames = next
      this.flush()
      await macrotask()
    }
  }

  #next(): number {
    return this.actions[0]?.delay ?? Infinity
  }
}

/** A seeded source of numbers in [0, 1). */
export function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export async function never<T>(): Promise<T> {
  return new Promise<T>(() => {})
}
