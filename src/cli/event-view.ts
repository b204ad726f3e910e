import type { ServiceEvent } from '../model/event.ts'
import type { ServiceKey } from '../model/service.ts'
import { recentEvents } from '../plan/events.ts'
import type { Kind } from './kind.ts'
import { namesOfKey, namespaceOfKey } from './service-view.ts'
import { formatAge } from './table.ts'

/** Events as `shoal events -o json` shows them: of all services together, the last seen last. */
export function eventViews(
  events: ReadonlyMap<ServiceKey, readonly ServiceEvent[]>,
  now: number,
): ServiceEvent[] {
  const recent = [...events.values()].flatMap((each) => recentEvents(each, now))
  return recent.toSorted((a, b) => Date.parse(a.lastSeen) - Date.parse(b.lastSeen))
}

export const EVENTS: Kind<ServiceEvent> = {
  name: 'event',
  id: ({ service, reason, message }) => `${service} ${reason} ${message}`,
  names: ({ service }) => namesOfKey(service),
  namespace: ({ service }) => namespaceOfKey(service),
  isHistory: true,
  columns: () => [
    { title: 'LAST SEEN', cell: ({ lastSeen }, now) => formatAge(lastSeen, now) },
    {
      title: 'TYPE',
      cell: ({ type }) => (type === 'Warning' ? { text: type, style: 'yellow' } : type),
    },
    { title: 'REASON', cell: ({ reason }) => reason, isKey: true },
    { title: 'SERVICE', cell: ({ service }) => service, isKey: true },
    { title: 'COUNT', cell: ({ count }) => String(count) },
    { title: 'MESSAGE', cell: ({ message }) => message.replaceAll('\n', ' ') },
  ],
}
