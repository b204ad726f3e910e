import { lastValueFrom, tap } from 'rxjs'
import { connectDocker } from '../../docker/docker.ts'
import { observe } from '../../docker/observe.ts'
import { applyChange, applySpecs } from '../spec-files/config-versions.ts'
import { followProgress } from '../../views/progress.ts'
import { progressTeller, shortcomings } from '../print/progress-text.ts'
import { WARNINGS } from '../warnings.ts'
import type { CliContext } from '../../settings.ts'
import { foreseeChanges, foreseenLines, isRefused } from '../spec-files/dry-run.ts'
import { FAILED, OK, UserError } from '../exit.ts'
import { plainText, readSpecFiles } from '../spec-files/read.ts'
import type { SpecDocument } from '../spec-files/read.ts'
import { CONSUL } from '../clients.ts'
import { fetchPolicies, sourcesFollowed } from '../../views/sources.ts'
import { inController } from '../in-controller.ts'
import { listSpecConfigs } from '../../docker/configs.ts'
import type { ApplyChange } from '../spec-files/config-versions.ts'

export interface ApplyOptions {
  readonly filename: readonly string[]
  readonly dryRun?: 'client' | 'server'
  /**
   * ms for which to wait for each service to be Programmed and Ready; not at all if it is left out.
   */
  readonly wait?: number
}

/**
 * `shoal apply`, and what it would do. Sets the exit code. Rejects with UserError if it waits in
 * vain.
 */
export async function apply(options: ApplyOptions, context: CliContext): Promise<void> {
  const { filename, dryRun, wait } = options
  const documents = await readSpecFiles(filename)
  if (dryRun === 'client') return print(await clientDryRun(documents))
  if (dryRun === undefined && wait === undefined) return print((await applyNow(documents)).map(changeLine))
  const { consulUrl } = context
  if (consulUrl === null) process.exitCode = await askController(documents, options, context)
  else if (wait === undefined) process.exitCode = await serverDryRun(documents, consulUrl, context)
  else await applyAndWait(documents, consulUrl, wait)
}

async function applyNow(documents: readonly SpecDocument[]): Promise<ApplyChange[]> {
  return await applySpecs(await connectDocker(), documents, new Date())
}

function changeLine({ key, action }: ApplyChange): string {
  return `service ${key} ${action}`
}

async function applyAndWait(
  documents: readonly SpecDocument[],
  consulUrl: string,
  timeout: number,
): Promise<void> {
  const changes = await applyNow(documents)
  print(changes.map(changeLine))
  const specs = changes.map(({ key, config }) => ({
    key,
    source: { kind: 'config' as const, name: config },
  }))
  const { statuses } = sourcesFollowed(CONSUL.at(consulUrl), WARNINGS)
  const linesOf = progressTeller()
  const progress = followProgress(statuses, specs, timeout).pipe(tap((each) => print(linesOf(each))))
  const missed = shortcomings(await lastValueFrom(progress), timeout)
  if (missed.length > 0) throw new UserError(missed.join('\n'))
}

async function clientDryRun(documents: readonly SpecDocument[]): Promise<string[]> {
  const configs = await listSpecConfigs(await connectDocker())
  const changes = documents.map((document) => applyChange(configs, document, new Date()))
  return changes.map(({ key, action }) => `service ${key} ${action} (client dry run)`)
}

/**
 * A controller's container reaches Consul, and has the version of the rules that counts: the files
 * go there.
 */
function askController(
  documents: readonly SpecDocument[],
  { wait }: ApplyOptions,
  context: CliContext,
): Promise<number> {
  const texts = documents.map(({ text }) => plainText(text))
  const option = wait === undefined ? '--dry-run=server' : `--wait=${wait}ms`
  return inController(context, ['apply', option, '-f', '-'], texts.join('---\n'))
}

async function serverDryRun(
  documents: readonly SpecDocument[],
  consulUrl: string,
  { settings }: CliContext,
): Promise<number> {
  const [snapshot, known] = await Promise.all([
    connectDocker().then((docker) => observe(docker)),
    fetchPolicies(CONSUL.at(consulUrl)),
  ])
  const foreseen = foreseeChanges({ snapshot, known }, documents, settings, new Date())
  print(foreseen.flatMap(foreseenLines))
  return foreseen.some(isRefused) ? FAILED : OK
}

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(line)
}
