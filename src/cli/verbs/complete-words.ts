import type { Command } from 'commander'
import type { CliContext } from '../../settings.ts'
import { candidates } from '../completion/candidates.ts'
import { FILES } from '../completion/scripts.ts'

/**
 * What the shells' scripts call: `words` are those so far, the one being typed last; `root` is the
 * whole program.
 */
export async function completeWords(
  root: Command,
  words: readonly string[],
  { settings }: CliContext,
): Promise<void> {
  const found = await candidates(root, words.slice(0, -1), words.at(-1) ?? '', (name) =>
    valuesOf(name, settings.deployment.mesh),
  )
  const lines =
    found === 'files'
      ? [FILES]
      : found.map(({ value, description }) => (description === '' ? value : `${value}\t${description}`))
  // Not waiting for an engine that is slow to answer.
  process.stdout.write(lines.map((line) => `${line}\n`).join(''), () => process.exit())
}

/**
 * Verbs and options are completed from the command's tree alone: what asks the cluster is loaded
 * for its names only.
 */
async function valuesOf(name: string, mesh: string): Promise<readonly string[]> {
  switch (name) {
    case 'field': {
      const { codes, fieldPaths } = await import('./explain.ts')
      return [...fieldPaths(), ...codes()]
    }
    case 'service':
    case 'services':
      return await (await import('../completion/cluster-names.ts')).serviceKeys(mesh)
    case '--namespace':
      return await (await import('../completion/cluster-names.ts')).namespaces(mesh)
    case 'node':
    case 'nodes':
      return await (await import('../completion/cluster-names.ts')).nodeNames()
    default:
      return []
  }
}
