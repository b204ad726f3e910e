/** What happened to a service, told from what it was before and from the steps that were carried out. */
import type { ServiceEvent } from '../../model/event.ts'
import { containerOfRegistration } from '../../model/names.ts'
import { isTombstone } from '../../model/policy.ts'
import type { Policy, Tombstone } from '../../model/policy.ts'
import type { ServiceKey } from '../../model/service.ts'
import type { Condition, ServiceStatus } from '../../model/status.ts'
import { WARNINGS } from '../../model/reasons.ts'
import type { EventReason } from '../../model/reasons.ts'
import type { ConsulStep } from './steps.ts'
import { sourceText } from '../../model/source.ts'

/** Events that are kept of one service, for how many ms, and how much of each message: it may hold all errors of a spec. */
const CAPACITY = 50
const LIFETIME = 60 * 60_000
const MESSAGE_LENGTH = 500

/** One thing that happened just now. */
export interface Happening {
  readonly service: ServiceKey
  readonly reason: EventReason
  readonly message: string
}

/** Conditions that changed. Those of a service seen for the first time are news unless nothing is known yet. */
export function statusHappenings(before: ServiceStatus | null, now: ServiceStatus): Happening[] {
  return now.conditions
    .filter((condition) => {
      const old = before?.conditions.find(({ type }) => type === condition.type)
      return old === undefined ? condition.status !== 'Unknown' : isNews(old, condition)
    })
    .map(({ reason, message }) => ({ service: now.key, reason, message }))
}

/** Most messages only count. Where one says what is wrong, another wrong is news. */
function isNews(old: Condition, now: Condition): boolean {
  if (old.status !== now.status || old.reason !== now.reason) return true
  const saysWhatIsWrong =
    now.status === 'False' &&
    (now.type === 'Accepted' || now.type === 'Programmed') &&
    WARNINGS.has(now.reason)
  return saysWhatIsWrong && old.message !== now.message
}

const STEP_REASONS: Readonly<Record<ConsulStep['kind'], EventReason>> = {
  register: 'TaskRegistered',
  drain: 'TaskDraining',
  resume: 'TaskResumed',
  deregister: 'TaskDeregistered',
}

/** A step at the Consul agent of a node, by the node's host name. A task with several ports has as many, all alike. */
export function stepHappening(step: ConsulStep, service: ServiceKey, node: string): Happening {
  const id = step.kind === 'register' ? step.registration.id : step.id
  const where = `task ${containerOfRegistration(id)} on ${node}`
  return { service, reason: STEP_REASONS[step.kind], message: `${where}${detail(step)}` }
}

function detail(step: ConsulStep): string {
  if (step.kind === 'resume') return ''
  return step.kind === 'register' ? ` at ${step.registration.address}` : `: ${step.reason}`
}

/** What was written for the proxies. */
export function policyHappening(entry: Policy | Tombstone): Happening {
  const { key: service } = entry
  if (isTombstone(entry)) return { service, reason: 'PolicyDeleted', message: 'no spec declares it any more' }
  return {
    service,
    reason: 'PolicyChanged',
    message: `revision ${entry.revision} from ${sourceText(entry.source)}`,
  }
}

/** Which service a step is about, by the Consul service in its registration's ID; null for one that was never declared. */
export function serviceOfStep(
  step: ConsulStep,
  services: ReadonlyMap<string, ServiceKey>,
): ServiceKey | null {
  const id = step.kind === 'register' ? step.registration.id : step.id
  return services.get(id.slice(containerOfRegistration(id).length + 1)) ?? null
}

/**
 * Events of one service, the last seen last, after these things happened at `now` (ms since the epoch). What happened
 * before in the same words counts up, but once at a time.
 */
export function addEvents(
  events: readonly ServiceEvent[],
  happenings: readonly Happening[],
  now: number,
): ServiceEvent[] {
  const lastSeen = new Date(now).toISOString()
  const kept = new Map(recentEvents(events, now).map((event) => [wordsOf(event), event]))
  const distinct = new Map(happenings.map((happening) => [wordsOf(happening), happening]))
  for (const [words, { service, reason, message: whole }] of distinct) {
    const message = shortened(whole)
    const before = kept.get(words)
    kept.delete(words)
    const type = WARNINGS.has(reason) ? 'Warning' : 'Normal'
    const count = (before?.count ?? 0) + 1
    const firstSeen = before?.firstSeen ?? lastSeen
    kept.set(words, { service, type, reason, message, count, firstSeen, lastSeen })
  }
  return [...kept.values()].slice(-CAPACITY)
}

/** Those that are not too old to be told. */
export function recentEvents(events: readonly ServiceEvent[], now: number): ServiceEvent[] {
  return events.filter(({ lastSeen }) => now - Date.parse(lastSeen) < LIFETIME)
}

function wordsOf({ reason, message }: Pick<Happening, 'reason' | 'message'>): string {
  return `${reason} ${shortened(message)}`
}

function shortened(message: string): string {
  return message.length > MESSAGE_LENGTH ? `${message.slice(0, MESSAGE_LENGTH - 1)}…` : message
}
