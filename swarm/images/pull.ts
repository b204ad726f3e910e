import { docker, dockerLines } from '../dev/docker.ts'
import { step } from './progress.ts'
import type { Log } from './progress.ts'

/** A small official image: pulling it tells whether others can be. */
const PROBE = 'busybox:musl'
const PROBE_TIMEOUT_MS = 30_000

/** Pulls official images, or finds out once that it can't. */
export class Puller {
  readonly #log: Log
  #possible: Promise<boolean> | undefined

  constructor(log: Log) {
    this.#log = log
  }

  /** True when the image is there now; false when it can't be pulled and has to be built. */
  async pull(name: string): Promise<boolean> {
    this.#possible ??= this.#probe()
    if (!(await this.#possible)) return false
    try {
      let at = ''
      const follow = (line: string) => (at = line)
      await step(
        this.#log,
        `pulling ${name}`,
        () => dockerLines(['pull', name], follow),
        () => at,
      )
      return true
    } catch (error) {
      this.#log(`can't pull ${name}, so it is built: ${lastLine(error)}`)
      return false
    }
  }

  async #probe(): Promise<boolean> {
    try {
      await docker(['pull', '--quiet', PROBE], { timeoutMs: PROBE_TIMEOUT_MS })
      return true
    } catch (error) {
      this.#log(`images can't be pulled here, so all are built: ${lastLine(error)}`)
      return false
    }
  }
}

function lastLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.trim().split('\n').at(-1) ?? ''
}
