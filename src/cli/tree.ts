/**
 * The tree of verbs, with their options and descriptions. It is what --help and completion read, so
 * it loads commander and nothing else: each action imports its verb, and with it what the verb
 * needs.
 */
import { Argument, Command, Option } from 'commander'
import { DEFAULT_NAMESPACE } from '../model/names.ts'
import type { CliContext } from '../settings.ts'
import { COMPLETE, SHELLS } from './completion/scripts.ts'
import type { Shell } from './completion/scripts.ts'
import { EXIT_CODES } from './exit.ts'
import { nearConsul } from './near-consul.ts'
import { filenames, listOptions, namespace, specFiles, wait } from './options.ts'
import type { ListOptions } from './options.ts'
import { LIST_FORMATS } from './print/formats.ts'
import type { ApplyOptions } from './verbs/apply.ts'
import type { DeleteOptions } from './verbs/delete.ts'
import type { DoctorFormat } from './verbs/doctor.ts'
import type { Listed } from './verbs/get.ts'

/** The whole program, which throws commander's errors rather than ending the process. */
export function shoalCommand(context: CliContext): Command {
  const shoal = new Command('shoal')
    .description('Declared services, discovery, health and smart routing for Docker Swarm')
    .addHelpText('after', EXIT_CODES)
  for (const verb of [
    validateCommand(),
    deleteCommand(),
    applyCommand(context),
    diffCommand(context),
    getCommand(context),
    describeCommand(context),
    eventsCommand(context),
    explainCommand(),
    doctorCommand(context),
    debugCommand(context),
    completionCommand(),
  ]) {
    shoal.addCommand(verb)
  }
  shoal.addCommand(completeWordsCommand(shoal, context), { hidden: true })
  throwErrors(shoal)
  return shoal
}

/** Commander ends the program by itself unless each command is told not to. */
function throwErrors(command: Command): void {
  command.exitOverride().showHelpAfterError('(see shoal --help)')
  for (const each of command.commands) throwErrors(each)
}

function validateCommand(): Command {
  return new Command('validate')
    .description('check spec files; exit code 1 if one has errors')
    .addOption(specFiles())
    .action(async ({ filename }: { filename: readonly string[] }) =>
      (await import('./verbs/validate.ts')).validate(filename),
    )
}

function deleteCommand(): Command {
  return new Command('delete')
    .description('take back services that shoal apply declared')
    .argument('[services...]', 'names, in the namespace of -n')
    .addOption(filenames('the services of these spec files'))
    .addOption(namespace().default(DEFAULT_NAMESPACE))
    .action(async (names: readonly string[], options: DeleteOptions) =>
      (await import('./verbs/delete.ts')).deleteServices(names, options),
    )
}

function applyCommand(context: CliContext): Command {
  return new Command('apply')
    .description('declare the services of spec files, or change them')
    .addOption(specFiles())
    .addOption(
      new Option(
        '--dry-run <where>',
        'change nothing: `client` checks the files, `server` asks the controller’s rules what they would say; exit code 1 if a service would be refused',
      ).choices(['client', 'server']),
    )
    .addOption(wait())
    .action(async (options: ApplyOptions) => (await import('./verbs/apply.ts')).apply(options, context))
}

function diffCommand(context: CliContext): Command {
  return new Command('diff')
    .description('show what apply would change; exit code 4 if anything')
    .addOption(specFiles())
    .action(async ({ filename }: { filename: readonly string[] }) =>
      (await import('./verbs/diff.ts')).diff(filename, context),
    )
}

/** What `shoal get` lists: aliases, descriptions of the kind and of its names. */
const LISTED: Readonly<
  Record<Listed, { aliases: string[]; about: string; names: 'services' | 'nodes'; called: string }>
> = {
  services: {
    aliases: ['service', 'svc'],
    about: 'one row a service: ready tasks, hosts, proxies programmed, and what is not as it should be',
    names: 'services',
    called: 'www, hello/www or www.hello',
  },
  endpoints: {
    aliases: ['endpoint', 'ep'],
    about: 'one row a task: its health, and the weight each proxy gives it',
    names: 'services',
    called: 'www, hello/www or www.hello',
  },
  nodes: {
    aliases: ['node', 'no'],
    about: 'one row a Swarm node: its Consul agent, its HAProxy, the tasks of services on it',
    names: 'nodes',
    called: 'host names or IDs',
  },
  proxies: {
    aliases: ['proxy'],
    about: 'one row a node’s proxy: services programmed and refused, its HAProxy',
    names: 'nodes',
    called: 'host names',
  },
}

function getCommand(context: CliContext): Command {
  const command = new Command('get').description('list services, endpoints, nodes or proxies')
  for (const what of ['services', 'endpoints', 'nodes', 'proxies'] as const) {
    const { aliases, about, names, called } = LISTED[what]
    const listing = command.command(what).aliases(aliases).description(about)
    for (const option of listOptions()) listing.addOption(option)
    listing.argument(`[${names}...]`, called).action((wanted: readonly string[], options: ListOptions) =>
      nearConsul(context, async (consulUrl) => {
        const { get } = await import('./verbs/get.ts')
        await get(what, consulUrl, { ...options, names: wanted, tied: context.tied })
      }),
    )
  }
  return command
}

function eventsCommand(context: CliContext): Command {
  const command = new Command('events').description(
    'what happened to services in the last hour, the newest last',
  )
  // What happened has no name by which it could be asked for.
  for (const option of listOptions(LIST_FORMATS.filter((format) => format !== 'name'))) {
    command.addOption(option)
  }
  return command
    .argument('[services...]', 'www, hello/www or www.hello')
    .action((names: readonly string[], options: ListOptions) =>
      nearConsul(context, async (consulUrl) => {
        const { events } = await import('./verbs/events.ts')
        await events(consulUrl, { ...options, names, tied: context.tied })
      }),
    )
}

function describeCommand(context: CliContext): Command {
  const command = new Command('describe').description('all about one service, node or proxy')
  command
    .command('service')
    .aliases(['services', 'svc'])
    .description('spec, conditions, endpoints, weights with their reasons, and recent events')
    .argument('<service>', 'www, hello/www or www.hello')
    .addOption(namespace('the namespace it is in'))
    .action((name: string, options: { namespace?: string }) =>
      nearConsul(context, async (consulUrl) =>
        (await import('./verbs/describe.ts')).describeService(consulUrl, name, options.namespace ?? null),
      ),
    )
  command
    .command('node')
    .aliases(['nodes', 'no'])
    .description('a Swarm node: its Consul agent, its HAProxy, the tasks of services on it')
    .argument('<node>', 'host name or ID')
    .action((name: string) =>
      nearConsul(context, async (consulUrl) =>
        (await import('./verbs/describe.ts')).describeNode(consulUrl, name),
      ),
    )
  command
    .command('proxy')
    .aliases(['proxies'])
    .description('a node’s proxy: what it has programmed of each service, and what HAProxy refused')
    .argument('<node>', 'host name')
    .action((name: string) =>
      nearConsul(context, async (consulUrl) =>
        (await import('./verbs/describe.ts')).describeProxy(consulUrl, name),
      ),
    )
  return command
}

function explainCommand(): Command {
  return new Command('explain')
    .description('explain a field of specs, or the reason of a condition')
    .argument('[field]', 'such as spec.locality.mode, or a reason such as HostConflict')
    .option('-r, --recursive', 'show the fields of fields too')
    .action(async (topic: string | undefined, { recursive = false }: { recursive?: boolean }) =>
      (await import('./verbs/explain.ts')).explain(topic ?? '', recursive),
    )
}

function doctorCommand(context: CliContext): Command {
  return new Command('doctor')
    .description('check what usually goes wrong, and say how to mend it; exit code 1 if anything is at fault')
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async ({ output }: { output: DoctorFormat }) =>
      (await import('./verbs/doctor.ts')).doctor(output, context),
    )
}

function debugCommand(context: CliContext): Command {
  const command = new Command('debug').description('look into Shoal itself')
  command
    .command('dump')
    .description('print what the controller, or in its container a node agent, knows and has to do, as JSON')
    .action(() => nearConsul(context, async () => (await import('./verbs/debug.ts')).dump()))
  return command
}

function completionCommand(): Command {
  return new Command('completion')
    .description('print the script that completes shoal’s verbs, options and services in a shell')
    .addArgument(new Argument('<shell>', 'for example: source <(shoal completion bash)').choices(SHELLS))
    .action(async (shell: Shell) => (await import('./verbs/completion.ts')).completion(shell))
}

/** What those scripts call; `root` is the whole program. */
function completeWordsCommand(root: Command, context: CliContext): Command {
  return new Command(COMPLETE)
    .argument('[words...]', 'the words so far, the one being typed last')
    .action(async (words: readonly string[]) =>
      (await import('./verbs/complete-words.ts')).completeWords(root, words, context),
    )
}
