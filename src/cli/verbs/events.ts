import { map } from 'rxjs'
import type { ServiceEvent } from '../../model/event.ts'
import { eventViews } from '../../views/event.ts'
import { EVENTS } from '../print/event-columns.ts'
import type { Listing } from '../print/listings.ts'
import { printListing } from '../print/print-listing.ts'
import type { ListRequest } from '../print/print-listing.ts'

/** `shoal events`: what happened to services in the last hour. */
export async function events(consulUrl: string, request: ListRequest): Promise<void> {
  await printListing(consulUrl, EVENT_LISTING, request)
}

export const EVENT_LISTING: Listing<ServiceEvent> = {
  kind: EVENTS,
  views: (sources) => sources.events.pipe(map((found) => eventViews(found, Date.now()))),
  // A service that is gone has a history, one that nothing happened to has none: neither is an
  // error.
  check: () => Promise.resolve(),
}
