import { Command, Option } from 'commander'
import type { CliContext } from '../../settings.ts'
import { ENDPOINT_LISTING, NODE_LISTING, PROXY_LISTING, SERVICE_LISTING } from '../print/listings.ts'
import type { Listing } from '../print/listings.ts'
import { LIST_FORMATS } from '../print/print.ts'
import { list, reading } from '../reading.ts'
import type { ListOptions } from '../reading.ts'

/** `shoal get` of everything that can be listed. */
export function getCommand(context: CliContext): Command {
  const get = new Command('get').description('list services, endpoints, nodes or proxies')
  get.addCommand(
    listCommand(context, SERVICE_LISTING, 'services', ['service', 'svc'])
      .description(
        'one row a service: ready tasks, hosts, proxies programmed, and what is not as it should be',
      )
      .argument('[services...]', 'www, hello/www or www.hello'),
  )
  get.addCommand(
    listCommand(context, ENDPOINT_LISTING, 'endpoints', ['endpoint', 'ep'])
      .description('one row a task: its health, and the weight each proxy gives it')
      .argument('[services...]', 'www, hello/www or www.hello'),
  )
  get.addCommand(
    listCommand(context, NODE_LISTING, 'nodes', ['node', 'no'])
      .description('one row a Swarm node: its Consul agent, its HAProxy, the tasks of services on it')
      .argument('[nodes...]', 'host names or IDs'),
  )
  get.addCommand(
    listCommand(context, PROXY_LISTING, 'proxies', ['proxy'])
      .description('one row a node’s proxy: services programmed and refused, its HAProxy')
      .argument('[nodes...]', 'host names'),
  )
  return get
}

/** A command that lists one kind of thing, with the options that all of these have. */
export function listCommand<V extends object>(
  context: CliContext,
  listing: Listing<V>,
  name: string,
  aliases: readonly string[] = [],
): Command {
  // What happened has no name by which it could be asked for.
  const formats = LIST_FORMATS.filter((format) => format !== 'name' || listing.kind.isHistory !== true)
  return new Command(name)
    .aliases(aliases)
    .addOption(new Option('-n, --namespace <namespace>', 'only this namespace'))
    .addOption(new Option('-A, --all-namespaces', 'all namespaces, as without -n').conflicts('namespace'))
    .addOption(new Option('-o, --output <format>', 'how to print').choices(formats).default('table'))
    .addOption(new Option('-w, --watch', 'go on with what changes, until interrupted'))
    .action((names: string[], options: ListOptions) =>
      reading(context, (consul) => list(consul, listing, names, { ...options, tied: context.tied })),
    )
}
