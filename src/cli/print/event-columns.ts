import type { ServiceEvent } from '../../model/event.ts'
import type { Kind } from './kind.ts'
import { namesOfKey, namespaceOfKey } from '../../views/service.ts'
import { formatAge } from './table.ts'

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
