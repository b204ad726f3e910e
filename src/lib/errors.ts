/** What was thrown, in words; anything can be. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/**
 * A server that Shoal asks refused, or did not answer. The message names the server, what was asked
 * and what came back.
 */
export class RemoteError extends Error {
  /** HTTP status; null without an answer. */
  readonly status: number | null

  constructor(message: string, status: number | null, cause: unknown) {
    super(message, { cause })
    this.status = status
  }
}
