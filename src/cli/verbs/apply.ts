import { connectDocker } from '../../docker/docker.ts'
import { observe } from '../../docker/observe.ts'
import { applyChange, applySpecs } from '../spec-files/config-versions.ts'
import type { CliContext } from '../../settings.ts'
import { foreseeChanges, foreseenLines, isRefused } from '../spec-files/dry-run.ts'
import { FAILED, OK } from '../exit.ts'
import { plainText, readSpecFiles } from '../spec-files/read.ts'
import type { SpecDocument } from '../spec-files/read.ts'
import { createConsul } from '../../consul/client.ts'
import { fetchPolicies } from '../../views/sources.ts'
import { inController } from '../in-controller.ts'
import { listSpecConfigs } from '../../docker/configs.ts'

export interface ApplyOptions {
  readonly filename: readonly string[]
  readonly dryRun?: 'client' | 'server'
}

/** `shoal apply`, and what it would do. Sets the exit code. */
export async function apply({ filename, dryRun }: ApplyOptions, context: CliContext): Promise<void> {
  const documents = await readSpecFiles(filename)
  if (dryRun === undefined) print(await applySpecs(await connectDocker(), documents, new Date()))
  else if (dryRun === 'client') print(await clientDryRun(documents))
  else if (context.consulUrl === null) process.exitCode = await askController(documents, context)
  else process.exitCode = await serverDryRun(documents, context.consulUrl, context)
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
    fetchPolicies(createConsul(consulUrl)),
  ])
  const foreseen = foreseeChanges(snapshot, known, documents, settings, new Date())
  print(foreseen.flatMap(foreseenLines))
  return foreseen.some(isRefused) ? FAILED : OK
}

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(line)
}
