import type { Reconciled } from '../loop/reconcile-keyed.ts'

/**
 * What the controller has to carry out: one kind of entries in Consul's KV, or the registrations at
 * one node's Consul agent.
 */
export type WorkItem =
  | { readonly kind: 'policies' }
  | { readonly kind: 'statuses' }
  | { readonly kind: 'events' }
  | {
      readonly kind: 'consul-agent'
      /** Node ID. */
      readonly node: string
    }

/** Work with the same key is the same: `statuses`, or `consul-agent/<node ID>`. */
export function keyOfWork(item: WorkItem): string {
  return item.kind === 'consul-agent' ? `${item.kind}/${item.node}` : item.kind
}

/** Where all work stands, by its key. */
export interface BacklogDump {
  /** In line, the one that waited longest first. */
  readonly queued: readonly string[]
  /** Being carried out. */
  readonly working: readonly string[]
  /** To be tried again: why, and the number of tries that failed in a row. */
  readonly waiting: Readonly<Record<string, { readonly reason: string; readonly attempt: number }>>
}

/** Keeps account of the work, for whoever looks into the controller. */
export class Backlog {
  readonly #queued = new Set<string>()
  readonly #working = new Set<string>()
  readonly #waiting = new Map<string, { readonly reason: string; readonly attempt: number }>()

  enqueued(item: WorkItem): void {
    this.#queued.add(keyOfWork(item))
  }

  begun(item: WorkItem): void {
    this.#queued.delete(keyOfWork(item))
    this.#working.add(keyOfWork(item))
  }

  ended({ key, outcome, attempt }: Reconciled): void {
    this.#working.delete(key)
    if (outcome.kind === 'done') this.#waiting.delete(key)
    else this.#waiting.set(key, { reason: outcome.reason, attempt })
  }

  snapshot(): BacklogDump {
    return {
      queued: [...this.#queued],
      working: [...this.#working],
      waiting: Object.fromEntries(this.#waiting),
    }
  }
}
