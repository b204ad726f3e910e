import type { ServiceEvent } from '../model/event.ts'
import type { ServiceKey } from '../model/service.ts'
import { recentEvents } from '../controller/plan/events.ts'
import { by, byTime } from '../lib/order.ts'

/** Events as `shoal events -o json` shows them: of all services together, the last seen last. */
export function eventViews(
  events: ReadonlyMap<ServiceKey, readonly ServiceEvent[]>,
  now: number,
): ServiceEvent[] {
  const recent = [...events.values()].flatMap((each) => recentEvents(each, now))
  return recent.toSorted(by(({ lastSeen }) => lastSeen, byTime))
}
