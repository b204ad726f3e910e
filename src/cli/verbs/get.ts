import { ENDPOINT_LISTING, NODE_LISTING, PROXY_LISTING, SERVICE_LISTING } from '../print/listings.ts'
import { printListing } from '../print/print-listing.ts'
import type { ListRequest } from '../print/print-listing.ts'

/** What `shoal get` lists. */
export type Listed = 'services' | 'endpoints' | 'nodes' | 'proxies'

/** `shoal get`. Rejects with UserError if something that is asked for by name is not there. */
export async function get(what: Listed, consulUrl: string, request: ListRequest): Promise<void> {
  switch (what) {
    case 'services':
      return await printListing(consulUrl, SERVICE_LISTING, request)
    case 'endpoints':
      return await printListing(consulUrl, ENDPOINT_LISTING, request)
    case 'nodes':
      return await printListing(consulUrl, NODE_LISTING, request)
    case 'proxies':
      return await printListing(consulUrl, PROXY_LISTING, request)
  }
}
