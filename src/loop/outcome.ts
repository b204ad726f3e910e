/** How a unit of work ended, and so whether and when it is done again. */
export type Outcome =
  | { readonly kind: 'done' }
  /** Failed, or not there yet: again with exponential backoff. */
  | { readonly kind: 'retry'; readonly reason: string }
  /** Not there yet, and it is known when to look again. No failure. */
  | { readonly kind: 'retry-after'; readonly ms: number; readonly reason: string }

export const done: Outcome = { kind: 'done' }

export function retry(reason: string): Outcome {
  return { kind: 'retry', reason }
}

export function retryAfter(ms: number, reason: string): Outcome {
  return { kind: 'retry-after', ms, reason }
}
