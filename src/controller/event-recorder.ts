import type { ServiceEvent } from '../model/event.ts'
import type { Policy, Tombstone } from '../model/policy.ts'
import type { ServiceKey } from '../model/service.ts'
import type { ServiceStatus } from '../model/status.ts'
import {
  addEvents,
  policyHappening,
  recentEvents,
  serviceOfStep,
  statusHappenings,
  stepHappening,
} from './plan/events.ts'
import type { Happening } from './plan/events.ts'
import { WARNINGS } from '../model/reasons.ts'
import type { ConsulStep } from './plan/steps.ts'
import type { Log } from '../lib/log.ts'
import type { KvPort } from './ports.ts'
import { done, retryAfter } from '../loop/outcome.ts'
import type { Outcome } from '../loop/outcome.ts'
import { messageOf } from '../lib/errors.ts'
import { EVENTS } from '../store/events.ts'

/** ms between two writes, at least. */
const WRITE_INTERVAL = 1000

/**
 * The events of all services: noted as things happen, written now and then, in one entry a service.
 * Goes on with what an earlier controller left in the KV store. Conditions that change are logged,
 * too: whoever carries out a step logs that.
 */
export class EventRecorder {
  readonly #kv: KvPort
  readonly #log: Log
  /** By Consul service. */
  readonly #services = new Map<string, ServiceKey>()
  readonly #pending = new Map<ServiceKey, Happening[]>()
  /** Null until it is known what is there. */
  #written: Map<ServiceKey, readonly ServiceEvent[]> | null = null
  #lastWrite = Number.NEGATIVE_INFINITY

  constructor(kv: KvPort, log: Log) {
    this.#kv = kv
    this.#log = log
  }

  /** Takes in policies in force: by their Consul services it is known what a step is about. */
  learn(policies: readonly Policy[]): void {
    for (const { key, backends } of policies) {
      for (const { consulService } of backends) this.#services.set(consulService, key)
    }
  }

  noteStatuses(
    before: ReadonlyMap<ServiceKey, ServiceStatus>,
    now: ReadonlyMap<ServiceKey, ServiceStatus>,
  ): void {
    const happenings = [...now].flatMap(([key, status]) => statusHappenings(before.get(key) ?? null, status))
    for (const happening of happenings) {
      this.#log[WARNINGS.has(happening.reason) ? 'warn' : 'info'](happening, 'condition')
      this.#note(happening)
    }
  }

  /** A step that was carried out at the Consul agent of a node, by its host name. */
  noteStep(step: ConsulStep, node: string): void {
    const service = serviceOfStep(step, this.#services)
    if (service !== null) this.#note(stepHappening(step, service, node))
  }

  notePolicy(entry: Policy | Tombstone): void {
    this.#note(policyHappening(entry))
  }

  /** Whether there is something to write, or to clear away. */
  isDue(now: number): boolean {
    const written = [...(this.#written?.values() ?? [])]
    return this.#pending.size > 0 || written.some((events) => isOver(events, now))
  }

  /** Never rejects: what can't be written is lost, for it is only history. */
  async write(now: number): Promise<Outcome> {
    const rest = this.#lastWrite + WRITE_INTERVAL - now
    // No longer than that even if the clock was set back.
    if (rest > 0) return retryAfter(Math.min(rest, WRITE_INTERVAL), 'events were written a moment ago')
    const batch = new Map(this.#pending)
    this.#pending.clear()
    this.#lastWrite = now
    try {
      await this.#writeBatch(batch, now)
    } catch (error) {
      this.#log.warn({ reason: messageOf(error), services: batch.size }, 'events lost')
    }
    return done
  }

  async #writeBatch(batch: ReadonlyMap<ServiceKey, readonly Happening[]>, now: number): Promise<void> {
    const known = this.#written ?? new Map(EVENTS.decode(await this.#kv.read(EVENTS.prefix)).entries)
    this.#written = known
    for (const [service, happenings] of batch) {
      const events = addEvents(known.get(service) ?? [], happenings, now)
      known.set(service, events)
      await this.#kv.put(EVENTS.key(service), EVENTS.encode(events))
    }
    for (const [service, events] of known) {
      if (!isOver(events, now)) continue
      await this.#kv.delete(EVENTS.key(service))
      known.delete(service)
    }
  }

  #note(happening: Happening): void {
    this.#pending.set(happening.service, [...(this.#pending.get(happening.service) ?? []), happening])
  }
}

/** The last seen is the last. */
function isOver(events: readonly ServiceEvent[], now: number): boolean {
  return recentEvents(events.slice(-1), now).length === 0
}
