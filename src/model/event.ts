import type { ServiceKey } from './service.ts'
import type { EventReason } from './reasons.ts'

/** Something that happened to a service, as Kubernetes tells it: what happens again and again is one event with a count. */
export interface ServiceEvent {
  readonly service: ServiceKey
  readonly type: 'Normal' | 'Warning'
  readonly reason: EventReason
  readonly message: string
  /** How often it happened. */
  readonly count: number
  /** ISO 8601 */
  readonly firstSeen: string
  /** ISO 8601 */
  readonly lastSeen: string
}
