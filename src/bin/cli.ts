#!/usr/bin/env node
/** The `shoal` command: wires its verbs (src/cli) to Docker and Consul. */
import { Command, Option } from 'commander'
import { applyCommand } from '../cli/verbs/apply.ts'
import { remove } from '../cli/spec-files/apply.ts'
import { completeCommand, completionCommand } from '../cli/verbs/completion.ts'
import { readCliSettings } from '../settings.ts'
import { settingsOrExit } from './settings-or-exit.ts'
import { describeCommand } from '../cli/verbs/describe.ts'
import { diffCommand } from '../cli/verbs/diff.ts'
import { doctorCommand } from '../cli/verbs/doctor.ts'
import { eventsCommand } from '../cli/verbs/events.ts'
import { OK } from '../cli/exit-codes.ts'
import { explainCommand } from '../cli/verbs/explain.ts'
import { EXIT_CODES, failureOf } from '../cli/failure.ts'
import { readSpecFiles } from '../cli/spec-files/read.ts'
import { getCommand } from '../cli/verbs/get.ts'
import { UserError } from '../cli/print/output.ts'
import { DEFAULT_NAMESPACE, serviceKey } from '../model/names.ts'
import { connectDocker } from '../docker/docker.ts'

const context = settingsOrExit(readCliSettings)

const shoal = new Command('shoal')
  .description('Declared services, discovery, health and smart routing for Docker Swarm')
  .showHelpAfterError('(see shoal --help)')
  .addHelpText('after', EXIT_CODES)

const files = () =>
  new Option('-f, --filename <file...>', 'spec files; - is standard input').makeOptionMandatory()
const namespace = () => new Option('-n, --namespace <namespace>', 'only this namespace')

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

shoal
  .addCommand(applyCommand(context))
  .addCommand(diffCommand(context))
  .addCommand(getCommand(context))
  .addCommand(describeCommand(context))
  .addCommand(eventsCommand(context))
  .addCommand(explainCommand())
  .addCommand(doctorCommand(context))
  .addCommand(completionCommand())
  .addCommand(completeCommand(shoal, context), { hidden: true })

/** Commander ends the program by itself unless each command is told not to. */
function throwErrors(command: Command): void {
  command.exitOverride().showHelpAfterError('(see shoal --help)')
  for (const each of command.commands) throwErrors(each)
}

/** Whoever reads what is printed may have seen enough. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(OK)
})

try {
  throwErrors(shoal)
  await shoal.parseAsync()
} catch (error) {
  const { code, message } = failureOf(error)
  if (message !== null) console.error(message)
  process.exitCode = code
}
