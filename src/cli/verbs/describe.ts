import { Command, Option } from 'commander'
import { lastValueFrom } from 'rxjs'
import type { Observable } from 'rxjs'
import type { ConsulClient } from '../../consul/client.ts'
import { serviceKey } from '../../model/names.ts'
import { paintFor } from '../print/colour.ts'
import type { Paint } from '../print/colour.ts'
import type { CliContext } from '../../settings.ts'
import { describeNode, describeProxy } from '../print/describe-node.ts'
import { describeService } from '../print/describe-service.ts'
import { eventViews } from '../../views/event.ts'
import { endpointsOf, NODE_LISTING, PROXY_LISTING } from '../print/listings.ts'
import type { Listing } from '../print/listings.ts'
import { reading } from '../reading.ts'
import { theOne } from '../print/selection.ts'
import { SERVICES } from '../print/service-columns.ts'
import { serviceViews } from '../../views/service.ts'
import { sourcesOnce } from '../../views/sources.ts'

/** `shoal describe`: all that is known of one thing. */
export function describeCommand(context: CliContext): Command {
  const describe = new Command('describe').description('all about one service, node or proxy')
  describe
    .command('service')
    .aliases(['services', 'svc'])
    .description('spec, conditions, endpoints, weights with their reasons, and recent events')
    .argument('<service>', 'www, hello/www or www.hello')
    .addOption(new Option('-n, --namespace <namespace>', 'the namespace it is in'))
    .action((name: string, { namespace }: { namespace?: string }) =>
      reading(context, async (consul) => console.log(await aboutService(consul, name, namespace ?? null))),
    )
  describe
    .command('node')
    .aliases(['nodes', 'no'])
    .description('a Swarm node: its Consul agent, its HAProxy, the tasks of services on it')
    .argument('<node>', 'host name or ID')
    .action((name: string) =>
      reading(context, async (consul) => console.log(await about(consul, NODE_LISTING, name, describeNode))),
    )
  describe
    .command('proxy')
    .aliases(['proxies'])
    .description('a node’s proxy: what it has programmed of each service, and what HAProxy refused')
    .argument('<node>', 'host name')
    .action((name: string) =>
      reading(context, async (consul) =>
        console.log(await about(consul, PROXY_LISTING, name, describeProxy)),
      ),
    )
  return describe
}

async function about<V extends object>(
  consul: ConsulClient,
  { kind, views }: Listing<V>,
  name: string,
  describe: (view: V, paint: Paint) => string,
): Promise<string> {
  const all = await lastValueFrom(views(sourcesOnce(consul), { names: [name], namespace: null }))
  return describe(theOne(all, kind, name, null), paintFor(process.stdout))
}

async function aboutService(consul: ConsulClient, name: string, namespace: string | null): Promise<string> {
  const sources = sourcesOnce(consul)
  const [policies, statuses, events] = await answers(sources.policies, sources.statuses, sources.events)
  const service = theOne(serviceViews(policies, statuses), SERVICES, name, namespace)
  const key = serviceKey(service)
  const endpoints = await lastValueFrom(endpointsOf(sources, { names: [key], namespace: null }))
  const now = Date.now()
  const own = eventViews(new Map([[key, events.get(key) ?? []]]), now)
  const description = { service, policy: policies.get(key) ?? null, endpoints, events: own }
  return describeService(description, now, paintFor(process.stdout))
}

function answers<A, B, C>(a: Observable<A>, b: Observable<B>, c: Observable<C>): Promise<[A, B, C]> {
  return Promise.all([lastValueFrom(a), lastValueFrom(b), lastValueFrom(c)])
}
