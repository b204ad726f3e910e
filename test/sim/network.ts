import type { VirtualClock } from '../loop/virtual-clock.ts'
import type { Random } from './random.ts'

/** How likely each thing happens to a call, 0 to 1. */
export interface Trouble {
  /** It never arrives. */
  readonly lost: number
  /** It is carried out, but its answer never arrives. */
  readonly unanswered: number
  /** It is carried out twice. */
  readonly twice: number
  /** It takes seconds. */
  readonly slow: number
}

export const FAIR: Trouble = { lost: 0, unanswered: 0, twice: 0, slow: 0 }
export const STORMY: Trouble = { lost: 0.15, unanswered: 0.1, twice: 0.1, slow: 0.1 }

/** How many answers take a moment, 0 to 1. */
const SLOW_ANSWER = 0.3
/** The way that every call takes, from the ports to the simulated world and back. */
export class Network {
  trouble: Trouble = FAIR
  /** The other end is gone, and nobody has said so: all calls are lost. */
  isHalfOpen = false
  readonly #clock: VirtualClock
  readonly #random: Random
  readonly #deadline: number

  /** `deadline`: ms until a caller gives up. */
  constructor(clock: VirtualClock, random: Random, deadline: number) {
    this.#clock = clock
    this.#random = random
    this.#deadline = deadline
  }

  /** Carries out `call` at the other end; rejects if it throws, or if the network is in trouble. */
  async carry<T>(call: () => T): Promise<T> {
    const { lost, unanswered, twice, slow } = this.trouble
    const away = this.#random.chance(slow) ? this.#random.between(500, 3000) : this.#random.between(1, 10)
    if (this.isHalfOpen || away >= this.#deadline || this.#random.chance(lost)) return await this.silence()
    await this.#clock.sleep(away)
    const answer = call()
    if (this.#random.chance(twice)) this.#again(call)
    if (this.#random.chance(unanswered)) return await this.silence()
    if (this.#random.chance(SLOW_ANSWER)) await this.#clock.sleep(this.#random.between(1, 5))
    return answer
  }

  /** Nobody answers, whatever comes: the caller gives up in the end. */
  async silence(): Promise<never> {
    await this.#clock.sleep(this.#deadline)
    throw new Error(`no answer in ${this.#deadline / 1000} s`)
  }

  #again(call: () => unknown): void {
    this.#clock.schedule(
      () => {
        try {
          call()
        } catch {
          // Who called has its answer already.
        }
      },
      this.#random.between(1, 10),
    )
  }
}
