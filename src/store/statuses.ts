import { asList, asNumber, asObject, asText, oneOf } from '../lib/unknown.ts'
import { asServiceKey } from '../model/names.ts'
import { asReason } from '../model/reasons.ts'
import type { ServiceKey } from '../model/service.ts'
import { CONDITION_TYPES } from '../model/status.ts'
import type { Condition, ServiceStatus } from '../model/status.ts'
import { entryKind } from './entry.ts'
import { decodeSource } from './sources.ts'

/**
 * The controller's status of each declared service: for people, and so that the times in it outlive
 * a controller.
 */
export const STATUSES = entryKind<ServiceKey, ServiceStatus>({
  prefix: 'shoal/status/services/',
  what: 'status',
  read: (id, value) => {
    const { key, conditions, total, ready, programmed, proxies, source: from } = asObject(value)
    const service = asServiceKey(id)
    const source = decodeSource(from)
    if (service === null || key !== id || source === null || !Array.isArray(conditions)) return null
    const counts = {
      total: asNumber(total) ?? 0,
      ready: asNumber(ready) ?? 0,
      programmed: asNumber(programmed) ?? 0,
      proxies: asNumber(proxies) ?? 0,
    }
    return [
      service,
      { key: service, conditions: asList(conditions).flatMap(readCondition), ...counts, source },
    ]
  },
})

/** One of a type that this version does not know is left out. */
function readCondition(value: unknown): Condition[] {
  const condition = asObject(value)
  const type = oneOf(CONDITION_TYPES, condition['type'])
  const status = oneOf(['True', 'False', 'Unknown'] as const, condition['status'])
  if (type === undefined || status === undefined) return []
  const { reason, message, since } = condition
  return [{ type, status, reason: asReason(asText(reason)), message: asText(message), since: asText(since) }]
}
