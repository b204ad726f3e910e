import { setTimeout } from 'node:timers/promises'
import type { Log } from '../lib/log.ts'
import { messageOf } from '../lib/errors.ts'

/** ms: a little less than Docker waits until it kills the container. */
const PATIENCE = 8000

/** What of a Node.js process a program is ended by. */
export interface ProcessSignals {
  once(signal: NodeJS.Signals, listener: (signal: NodeJS.Signals) => void): unknown
  exit(code: number): void
}

/** On SIGTERM and SIGINT has the program stop, for a few seconds at most, and exits with code 0. */
export function stopOnSignal(process: ProcessSignals, log: Log, stop: () => Promise<void>): void {
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const late = setTimeout(PATIENCE, 'late' as const, { ref: false })
    try {
      const how = await Promise.race([stop(), late])
      log.info({ signal, inTime: how !== 'late' }, 'stopped')
    } catch (error) {
      log.warn({ signal, reason: messageOf(error) }, 'stopped, but not as it should')
    }
    process.exit(0)
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void end(signal))
}
