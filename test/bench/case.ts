/** What a case is, and what comes of it. */
import type { Summary } from './load/summary.ts'
import type { Lab } from './lab.ts'

export interface Round extends Summary {
  /** By all proxies together; null where the proxy has no such thing. */
  readonly reloads: number | null
  /** s from the beginning of the change to its end. */
  readonly seconds: number
  /** µs of the asked proxies' CPU time over requests. */
  readonly cpuPerRequest: number
  /** What else the case measured, by name. */
  readonly measures: Readonly<Record<string, number>>
}

/** The most that a round may have. What is not named is not judged. */
export interface Bounds {
  readonly failed?: number
  readonly reloads?: number
  readonly measures?: Readonly<Record<string, number>>
}

export interface CaseResult {
  readonly name: string
  readonly title: string
  readonly bounds: Bounds
  /** Over all rounds. */
  readonly requests: number
  /** Over all rounds. */
  readonly failed: number
  readonly rounds: readonly Round[]
}

export interface Case {
  /** As `--only` names it. */
  readonly name: string
  readonly title: string
  /** Not for peers: it is about what Shoal alone has. */
  readonly shoalOnly?: boolean
  run(lab: Lab, rounds: number): Promise<CaseResult>
}
