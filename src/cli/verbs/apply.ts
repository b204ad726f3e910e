import { Command, Option } from 'commander'
import { connectDocker } from '../../docker/docker.ts'
import { observe } from '../../docker/observe.ts'
import { apply } from '../spec-files/apply.ts'
import { applyChange } from '../spec-files/apply-change.ts'
import type { CliContext } from '../../settings.ts'
import { foresee, foreseenLines, isRefused } from '../spec-files/dry-run.ts'
import { FAILED, OK } from '../exit-codes.ts'
import { plainText, readSpecFiles } from '../spec-files/read.ts'
import type { SpecDocument } from '../spec-files/read.ts'
import { policiesInForce } from '../in-force.ts'
import { inController } from '../in-controller.ts'
import { listSpecConfigs } from '../../docker/configs.ts'

interface Options {
  readonly filename: string[]
  readonly dryRun?: 'client' | 'server'
}

/** `shoal apply`, and what it would do. */
export function applyCommand(context: CliContext): Command {
  return new Command('apply')
    .description('declare the services of spec files, or change them')
    .addOption(
      new Option('-f, --filename <file...>', 'spec files; - is standard input').makeOptionMandatory(),
    )
    .addOption(
      new Option(
        '--dry-run <where>',
        'change nothing: `client` checks the files, `server` asks the controller’s rules what they would say; exit code 1 if a service would be refused',
      ).choices(['client', 'server']),
    )
    .action(async ({ filename, dryRun }: Options) => {
      const documents = await readSpecFiles(filename)
      if (dryRun === undefined) print(await apply(await connectDocker(), documents, new Date()))
      else if (dryRun === 'client') print(await clientDryRun(documents))
      else if (context.consulUrl === null) process.exitCode = await askController(documents, context)
      else process.exitCode = await serverDryRun(documents, context.consulUrl, context)
    })
}

async function clientDryRun(documents: readonly SpecDocument[]): Promise<string[]> {
  const configs = await listSpecConfigs(await connectDocker())
  const changes = documents.map((document) => applyChange(configs, document, new Date()))
  return changes.map(({ key, action }) => `service ${key} ${action} (client dry run)`)
}

/** The controller's own version of the rules counts, and it alone knows what is in force: the files go there. */
function askController(documents: readonly SpecDocument[], context: CliContext): Promise<number> {
  const texts = documents.map(({ text }) => plainText(text))
  return inController(context, ['apply', '--dry-run=server', '-f', '-'], texts.join('---\n'))
}

async function serverDryRun(
  documents: readonly SpecDocument[],
  consulUrl: string,
  { settings }: CliContext,
): Promise<number> {
  const [snapshot, known] = await Promise.all([
    connectDocker().then((docker) => observe(docker)),
    policiesInForce(consulUrl),
  ])
  const foreseen = foresee(snapshot, known, documents, settings, new Date())
  print(foreseen.flatMap(foreseenLines))
  return foreseen.some(isRefused) ? FAILED : OK
}

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(line)
}
