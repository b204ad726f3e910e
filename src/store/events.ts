import { asNumber, asObject, oneOf } from '../lib/unknown.ts'
import type { ServiceEvent } from '../model/event.ts'
import { asServiceKey } from '../model/names.ts'
import { asEventReason } from '../model/reasons.ts'
import type { ServiceKey } from '../model/service.ts'
import { entryKind } from './entry.ts'

/** What happened to each service, the last seen last. */
export const EVENTS = entryKind<ServiceKey, readonly ServiceEvent[]>({
  prefix: 'shoal/events/',
  what: 'events',
  read: (id, value) => {
    const service = asServiceKey(id)
    if (service === null || !Array.isArray(value)) return null
    return [service, value.flatMap((each: unknown) => readEvent(service, each))]
  },
})

/** One that lacks something is left out: it is only history. */
function readEvent(service: ServiceKey, value: unknown): ServiceEvent[] {
  const { service: own, type: kind, reason, message, count, firstSeen, lastSeen } = asObject(value)
  const type = oneOf(['Normal', 'Warning'] as const, kind)
  if (own !== service || type === undefined || typeof reason !== 'string') return []
  if (typeof message !== 'string' || typeof firstSeen !== 'string' || typeof lastSeen !== 'string') return []
  const times = { count: asNumber(count) ?? 1, firstSeen, lastSeen }
  return [{ service, type, reason: asEventReason(reason), message, ...times }]
}
