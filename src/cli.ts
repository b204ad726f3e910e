#!/usr/bin/env node
/** The `shoal` command: wires its verbs (src/cli) to Docker and Consul. */
import { Command, Option } from 'commander'
import { applyCommand } from './cli/apply-verb.ts'
import { remove } from './cli/apply.ts'
import { completeCommand, completionCommand } from './cli/completion.ts'
import { cliContext } from './cli/context.ts'
import { diffCommand } from './cli/diff.ts'
import { doctorCommand } from './cli/doctor.ts'
import { explainCommand } from './cli/explain.ts'
import { EXIT_CODES, failureOf } from './cli/failure.ts'
import { readSpecFiles } from './cli/files.ts'
import { getEndpoints, getServices } from './cli/get.ts'
import { inController } from './cli/in-controller.ts'
import { FORMATS, UserError } from './cli/output.ts'
import type { Format } from './cli/output.ts'
import { DEFAULT_NAMESPACE, serviceKey } from './model/names.ts'
import { connectDocker } from './swarm/docker.ts'

const context = cliContext(process.env)
const { consulUrl } = context

const shoal = new Command('shoal')
  .description('Declared services, discovery, health and smart routing for Docker Swarm')
  .showHelpAfterError('(see shoal --help)')
  .addHelpText('after', EXIT_CODES)

const files = () =>
  new Option('-f, --filename <file...>', 'spec files; - is standard input').makeOptionMandatory()
const output = () => new Option('-o, --output <format>', 'how to print').choices(FORMATS).default('table')
const namespace = () => new Option('-n, --namespace <namespace>', 'only this namespace')

interface Shown {
  readonly namespace?: string
  readonly output: Format
}

shoal
  .command('validate')
  .description('check spec files; exit code 1 if one has errors')
  .addOption(files())
  .action(async ({ filename }: { filename: string[] }) => {
    for (const { file, spec } of await readSpecFiles(filename))
      console.log(`${file}: service ${serviceKey(spec)} is valid`)
  })

shoal
  .command('delete')
  .description('take back services that shoal apply declared')
  .argument('[services...]', 'names, in the namespace of -n')
  .addOption(new Option('-f, --filename <file...>', 'the services of these spec files'))
  .addOption(namespace().default(DEFAULT_NAMESPACE))
  .action(async (names: string[], options: { filename?: string[]; namespace: string }) => {
    const documents = await readSpecFiles(options.filename ?? [])
    const named = names.map((name) =>
      name.includes('/') ? name : serviceKey({ namespace: options.namespace, name }),
    )
    const keys = [...documents.map(({ spec }) => serviceKey(spec)), ...named]
    if (keys.length === 0) throw new UserError('nothing to delete: name services, or files with -f')
    for (const line of await remove(await connectDocker(), keys)) console.log(line)
  })

const get = shoal.command('get').description('show services or endpoints')

get
  .command('services')
  .aliases(['service', 'svc'])
  .description('one row a service')
  .addOption(namespace())
  .addOption(output())
  .action((options: Shown) => show((url) => getServices(url, shown(options), Date.now())))

get
  .command('endpoints')
  .aliases(['endpoint', 'ep'])
  .description('tasks of a service, and the weight each proxy gives them')
  .argument('<service>', 'www, hello/www or www.hello')
  .addOption(namespace())
  .addOption(output())
  .action((service: string, options: Shown) => show((url) => getEndpoints(url, service, shown(options))))

shoal
  .addCommand(applyCommand(context))
  .addCommand(diffCommand(context))
  .addCommand(explainCommand())
  .addCommand(doctorCommand(context))
  .addCommand(completionCommand())
  .addCommand(completeCommand(shoal), { hidden: true })

function shown({ namespace: only, output: format }: Shown) {
  return { namespace: only ?? null, output: format }
}

/** Prints what Consul knows; where Consul can't be reached, the same command in a controller container does. */
async function show(answer: (consulUrl: string) => Promise<string>): Promise<void> {
  if (consulUrl !== null) console.log(await answer(consulUrl))
  else process.exitCode = await inController(context, process.argv.slice(2))
}

/** Commander ends the program by itself unless each command is told not to. */
function throwErrors(command: Command): void {
  command.exitOverride().showHelpAfterError('(see shoal --help)')
  for (const each of command.commands) throwErrors(each)
}

try {
  throwErrors(shoal)
  await shoal.parseAsync()
} catch (error) {
  const { code, message } = failureOf(error)
  if (message !== null) console.error(message)
  process.exitCode = code
}
