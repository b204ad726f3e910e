import { messageOf } from '../lib/errors.ts'
import type { Log } from '../lib/log.ts'
import { OneAtATime } from '../loop/one-at-a-time.ts'
import type { Backend } from '../model/backend.ts'
import type { BackendOutcome, StructureOutcome } from '../model/haproxy.ts'
import type { Listener } from '../model/listener.ts'
import type { HaproxyPort } from './ports.ts'

/**
 * The way to the node's HAProxy. A line in the log says when it is lost, and one when it is back.
 */
export class HaproxyLink {
  readonly #haproxy: HaproxyPort
  readonly #log: Log
  readonly #turns = new OneAtATime()
  #lost: string | null = null

  constructor(haproxy: HaproxyPort, log: Log) {
    this.#haproxy = haproxy
    this.#log = log
  }

  /** Why HAProxy could not be programmed the last time; null if it could. */
  get lost(): string | null {
    return this.#lost
  }

  /**
   * Does the work when its turn has come, so that it sees the state as it is by then. All
   * programming goes by way of this: HAProxy must not be asked for two things at once.
   */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    return this.#turns.run(work)
  }

  /** Resolves once no work is going on that was given until now. */
  idle(): Promise<void> {
    return this.#turns.idle()
  }

  programBackend(backend: Backend): Promise<BackendOutcome> {
    return this.#watched(this.#haproxy.programBackend(backend))
  }

  programStructure(listeners: readonly Listener[], backends: readonly Backend[]): Promise<StructureOutcome> {
    return this.#watched(this.#haproxy.programStructure(listeners, backends))
  }

  async #watched<T>(call: Promise<T>): Promise<T> {
    try {
      const result = await call
      if (this.#lost !== null) this.#log.info({}, 'haproxy answers again')
      this.#lost = null
      return result
    } catch (error) {
      const reason = messageOf(error)
      if (this.#lost !== reason) this.#log.warn({ reason }, 'haproxy could not be programmed')
      this.#lost = reason
      throw error
    }
  }
}
