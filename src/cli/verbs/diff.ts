import type { Policy } from '../../model/policy.ts'
import type { ServiceKey } from '../../model/service.ts'
import { declare } from '../../controller/plan/declare.ts'
import { connectDocker } from '../../docker/docker.ts'
import { observe } from '../../docker/observe.ts'
import type { CliContext } from '../../settings.ts'
import { DIFFERENT, OK } from '../exit.ts'
import { readSpecFiles } from '../spec-files/read.ts'
import { CONSUL } from '../clients.ts'
import { fetchPolicies } from '../../views/sources.ts'
import { diffSpec } from '../spec-files/spec-diff.ts'
import type { SpecDiff } from '../spec-files/spec-diff.ts'
import { sourceText } from '../../model/source.ts'

/** `shoal diff`: the diff on standard output, remarks on standard error. Sets the exit code. */
export async function diff(filenames: readonly string[], { consulUrl, settings }: CliContext): Promise<void> {
  const documents = await readSpecFiles(filenames)
  const snapshot = await observe(await connectDocker())
  const known: ReadonlyMap<ServiceKey, Policy> =
    consulUrl === null ? new Map() : await fetchPolicies(CONSUL.at(consulUrl))
  const declarations = declare(snapshot, known, settings.deployment.mesh)
  const diffs = documents.map((document) => diffSpec(document, declarations, snapshot))
  for (const each of diffs) {
    process.stdout.write(each.patch)
    for (const line of remarks(each)) console.error(line)
  }
  process.exitCode = diffs.some(differs) ? DIFFERENT : OK
}

/** Whether applying the document changes anything in force. */
export function differs({ kind }: Pick<SpecDiff, 'kind'>): boolean {
  return kind === 'new' || kind === 'different'
}

/** What the diff itself does not show. */
export function remarks({ key, kind, source }: SpecDiff): string[] {
  const from = source === null ? 'nothing' : sourceText(source)
  switch (kind) {
    case 'same':
      return []
    case 'new':
      return [`service ${key}: nothing is in force yet; apply creates it`]
    case 'same-meaning':
      return [
        `service ${key}: means the same as ${from}; only comments, formatting or written-out defaults differ`,
      ]
    case 'different':
      return source?.kind === 'config' ? [] : [`service ${key}: applied, the file takes the place of ${from}`]
  }
}
