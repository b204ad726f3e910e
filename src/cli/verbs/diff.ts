import { Command, Option } from 'commander'
import type { Policy } from '../../model/policy.ts'
import type { ServiceKey } from '../../model/service.ts'
import { declare } from '../../controller/plan/declare.ts'
import { connectDocker } from '../../docker/docker.ts'
import { observe } from '../../docker/observe.ts'
import type { CliContext } from '../../settings.ts'
import { DIFFERENT, OK } from '../exit-codes.ts'
import { readSpecFiles } from '../spec-files/read.ts'
import { policiesInForce } from '../in-force.ts'
import { diffSpec } from '../spec-files/spec-diff.ts'
import type { SpecDiff } from '../spec-files/spec-diff.ts'

/** `shoal diff`: the diff on standard output, remarks on standard error. */
export function diffCommand(context: CliContext): Command {
  return new Command('diff')
    .description('show what apply would change; exit code 4 if anything')
    .addOption(
      new Option('-f, --filename <file...>', 'spec files; - is standard input').makeOptionMandatory(),
    )
    .action(async ({ filename }: { filename: string[] }) => {
      const documents = await readSpecFiles(filename)
      const snapshot = await observe(await connectDocker())
      const known: ReadonlyMap<ServiceKey, Policy> =
        context.consulUrl === null ? new Map() : await policiesInForce(context.consulUrl)
      const declarations = declare(snapshot, known, context.settings.deployment.mesh)
      const diffs = documents.map((document) => diffSpec(document, declarations, snapshot))
      for (const diff of diffs) {
        process.stdout.write(diff.patch)
        for (const line of remarks(diff)) console.error(line)
      }
      process.exitCode = diffs.some(differs) ? DIFFERENT : OK
    })
}

/** Whether applying the document changes anything in force. */
export function differs({ kind }: Pick<SpecDiff, 'kind'>): boolean {
  return kind === 'new' || kind === 'different'
}

/** What the diff itself does not show. */
export function remarks({ key, kind, source }: SpecDiff): string[] {
  switch (kind) {
    case 'same':
      return []
    case 'new':
      return [`service ${key}: nothing is in force yet; apply creates it`]
    case 'same-meaning':
      return [
        `service ${key}: means the same as ${source}; only comments, formatting or written-out defaults differ`,
      ]
    case 'different':
      return source?.startsWith('config ') === true
        ? []
        : [`service ${key}: applied, the file takes the place of ${source}`]
  }
}
