import { setTimeout as pause } from 'node:timers/promises'

export interface WaitOptions {
  /** Longest time to wait, in ms. */
  readonly timeoutMs: number
  /** Time between two looks, in ms. */
  readonly everyMs?: number
}

/**
 * Looks until `look` gives something other than undefined, and returns it. Errors thrown by `look` count as "not yet".
 * Throws after `timeoutMs`, saying what it waited for and the last error.
 */
export async function waitFor<T>(
  what: string,
  look: () => Promise<T | undefined>,
  { timeoutMs, everyMs = 200 }: WaitOptions,
): Promise<T> {
  const deadline = Date.now() + timeoutMs
  let lastError: unknown
  for (;;) {
    try {
      const found = await look()
      if (found !== undefined) return found
      lastError = undefined
    } catch (error) {
      lastError = error
    }
    if (Date.now() >= deadline) {
      const why = lastError instanceof Error ? `: ${lastError.message}` : ''
      throw new Error(`waited ${timeoutMs / 1000} s for ${what}${why}`, { cause: lastError })
    }
    await pause(everyMs)
  }
}
