import type { Command } from 'commander'
import { map } from 'rxjs'
import type { ServiceEvent } from '../../model/event.ts'
import type { CliContext } from '../../settings.ts'
import { EVENTS } from '../print/event-columns.ts'
import { eventViews } from '../../views/event.ts'
import { listCommand } from './get.ts'
import type { Listing } from '../print/listings.ts'

/** `shoal events`: what happened to services in the last hour. */
export function eventsCommand(context: CliContext): Command {
  return listCommand(context, EVENT_LISTING, 'events')
    .description('what happened to services in the last hour, the newest last')
    .argument('[services...]', 'www, hello/www or www.hello')
}

export const EVENT_LISTING: Listing<ServiceEvent> = {
  kind: EVENTS,
  views: ({ events }) => events.pipe(map((found) => eventViews(found, Date.now()))),
  // A service that is gone has a history, one that nothing happened to has none: neither is an error.
  check: () => Promise.resolve(),
}
