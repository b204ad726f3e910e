import { forkJoin, lastValueFrom } from 'rxjs'
import { CONSUL } from '../clients.ts'
import { serviceKey } from '../../model/names.ts'
import { eventViews } from '../../views/event.ts'
import { serviceViews } from '../../views/service.ts'
import { sourcesOnce } from '../../views/sources.ts'
import { paintFor } from '../print/colour.ts'
import type { Paint } from '../print/colour.ts'
import { nodeText, proxyText } from '../print/describe-node.ts'
import { serviceText } from '../print/describe-service.ts'
import { requireOne } from '../print/kind.ts'
import { endpointsOf, NODE_LISTING, PROXY_LISTING } from '../print/listings.ts'
import type { Listing } from '../print/listings.ts'
import { SERVICES } from '../print/service-columns.ts'

/**
 * `shoal describe service`. `namespace` is null for whichever the name is in. Rejects with
 * UserError if there is none, or several.
 */
export async function describeService(
  consulUrl: string,
  name: string,
  namespace: string | null,
): Promise<void> {
  const sources = sourcesOnce(CONSUL.at(consulUrl))
  const { policies, statuses, events } = sources
  const known = await lastValueFrom(forkJoin({ policies, statuses, events }))
  const views = serviceViews(known.policies, known.statuses)
  const service = requireOne(views, SERVICES, name, namespace)
  const key = serviceKey(service)
  const endpoints = await lastValueFrom(endpointsOf(sources, { names: [key], namespace: null }))
  const now = Date.now()
  const own = eventViews(new Map([[key, known.events.get(key) ?? []]]), now)
  const description = { service, policy: known.policies.get(key) ?? null, endpoints, events: own }
  console.log(serviceText(description, now, paintFor(process.stdout)))
}

/** `shoal describe node`, by host name or ID. Rejects with UserError if there is none. */
export async function describeNode(consulUrl: string, name: string): Promise<void> {
  await describe(consulUrl, NODE_LISTING, name, nodeText)
}

/**
 * `shoal describe proxy`, by the host name of its node. Rejects with UserError if there is none.
 */
export async function describeProxy(consulUrl: string, name: string): Promise<void> {
  await describe(consulUrl, PROXY_LISTING, name, proxyText)
}

async function describe<V extends object>(
  consulUrl: string,
  { kind, views }: Listing<V>,
  name: string,
  text: (view: V, paint: Paint) => string,
): Promise<void> {
  const sources = sourcesOnce(CONSUL.at(consulUrl))
  const all = await lastValueFrom(views(sources, { names: [name], namespace: null }))
  console.log(text(requireOne(all, kind, name, null), paintFor(process.stdout)))
}
