import type { SchedulerLike } from 'rxjs'
import type { Rule } from './safety.ts'

/** What happened, and the first thing that must not have happened. */
export class History {
  readonly #clock: SchedulerLike
  readonly #lines: string[] = []
  #violation: { readonly rule: Rule; readonly text: string } | null = null

  constructor(clock: SchedulerLike) {
    this.#clock = clock
  }

  note(text: string): void {
    this.#lines.push(`${(this.#clock.now() / 1000).toFixed(3).padStart(8)}  ${text}`)
  }

  /** The first one ends the history: the rest may be its consequence. */
  violate(rule: Rule, text: string): void {
    if (this.#violation !== null) return
    this.#violation = { rule, text }
    this.note(`VIOLATED  ${rule}: ${text}`)
  }

  get violation(): { readonly rule: Rule; readonly text: string } | null {
    return this.#violation
  }

  /** The last lines, for people. */
  tail(count: number): string {
    return this.#lines.slice(-count).join('\n')
  }
}
