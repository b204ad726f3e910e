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

/** The events of all services: noted as things happen, written now and then, in one entry a service. */
export interface EventRecorder {
  /** Policies in force: by their Consul services it is known what a step is about. */
  learn(policies: readonly Policy[]): void
  noteStatuses(
    before: ReadonlyMap<ServiceKey, ServiceStatus>,
    now: ReadonlyMap<ServiceKey, ServiceStatus>,
  ): void
  /** A step that was carried out at the agent of a node, by its host name. */
  noteStep(step: ConsulStep, node: string): void
  notePolicy(entry: Policy | Tombstone): void
  /** Whether there is something to write, or to clear away. */
  isDue(now: number): boolean
  /** Never rejects: what can't be written is lost, for it is only history. */
  write(now: number): Promise<Outcome>
}

/** Goes on with what an earlier controller left in the KV store. Conditions that change are logged, too: steps are by whoever does them. */
export function recordEvents(kv: KvPort, log: Log): EventRecorder {
  const services = new Map<string, ServiceKey>()
  const pending = new Map<ServiceKey, Happening[]>()
  /** Null until it is known what is there. */
  let written: Map<ServiceKey, readonly ServiceEvent[]> | null = null
  let lastWrite = Number.NEGATIVE_INFINITY

  const note = (happening: Happening): void => {
    pending.set(happening.service, [...(pending.get(happening.service) ?? []), happening])
  }

  const carryOut = async (batch: ReadonlyMap<ServiceKey, readonly Happening[]>, now: number) => {
    const known = written ?? new Map(EVENTS.decode(await kv.read(EVENTS.prefix)).entries)
    written = known
    for (const [service, happenings] of batch) {
      const events = addEvents(known.get(service) ?? [], happenings, now)
      known.set(service, events)
      await kv.put(EVENTS.key(service), EVENTS.encode(events))
    }
    for (const [service, events] of known) {
      if (!isOver(events, now)) continue
      await kv.delete(EVENTS.key(service))
      known.delete(service)
    }
  }

  return {
    learn(policies) {
      for (const { key, backends } of policies)
        for (const { consulService } of backends) services.set(consulService, key)
    },
    noteStatuses(before, now) {
      for (const [key, status] of now)
        for (const happening of statusHappenings(before.get(key) ?? null, status)) {
          log[WARNINGS.has(happening.reason) ? 'warn' : 'info'](happening, 'condition')
          note(happening)
        }
    },
    noteStep(step, node) {
      const service = serviceOfStep(step, services)
      if (service !== null) note(stepHappening(step, service, node))
    },
    notePolicy(entry) {
      note(policyHappening(entry))
    },
    isDue(now) {
      return pending.size > 0 || [...(written?.values() ?? [])].some((events) => isOver(events, now))
    },
    async write(now) {
      const rest = lastWrite + WRITE_INTERVAL - now
      // No longer than that even if the clock was set back.
      if (rest > 0) return retryAfter(Math.min(rest, WRITE_INTERVAL), 'events were written a moment ago')
      const batch = new Map(pending)
      pending.clear()
      lastWrite = now
      try {
        await carryOut(batch, now)
      } catch (error) {
        const reason = messageOf(error)
        log.warn({ reason, services: batch.size }, 'events lost')
      }
      return done
    },
  }
}

/** The last seen is the last. */
function isOver(events: readonly ServiceEvent[], now: number): boolean {
  return recentEvents(events.slice(-1), now).length === 0
}
