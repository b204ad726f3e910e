import { Argument, Command } from 'commander'
import type { ClusterSnapshot } from '../../model/cluster.ts'
import { declare } from '../../controller/plan/declare.ts'
import { connectDocker } from '../../docker/docker.ts'
import { observe } from '../../docker/observe.ts'
import { candidates } from '../completion/candidates.ts'
import { COMPLETE, FILES, SCRIPTS, SHELLS } from '../completion/scripts.ts'
import type { Shell } from '../completion/scripts.ts'
import type { CliContext } from '../../settings.ts'
import { codes, fieldPaths } from './explain.ts'
import { byText } from '../../lib/order.ts'

/** ms: nobody waits longer for names of what runs. */
const PATIENCE = 1500

/** `shoal completion`: the script of a shell. */
export function completionCommand(): Command {
  return new Command('completion')
    .description('print the script that completes shoal’s verbs, options and services in a shell')
    .addArgument(new Argument('<shell>', 'for example: source <(shoal completion bash)').choices(SHELLS))
    .action((shell: Shell) => void process.stdout.write(SCRIPTS[shell]))
}

/** What those scripts call; `root` is the whole program. */
export function completeCommand(root: Command, { settings }: CliContext): Command {
  return new Command(COMPLETE)
    .argument('[words...]', 'the words so far, the one being typed last')
    .action(async (words: string[]) => {
      const found = await candidates(root, words.slice(0, -1), words.at(-1) ?? '', (name) =>
        valuesOf(name, settings.deployment.mesh),
      )
      const lines =
        found === 'files'
          ? [FILES]
          : found.map(({ value, description }) => (description === '' ? value : `${value}\t${description}`))
      // Not waiting for an engine that is slow to answer.
      process.stdout.write(lines.map((line) => `${line}\n`).join(''), () => process.exit())
    })
}

async function valuesOf(name: string, mesh: string): Promise<readonly string[]> {
  switch (name) {
    case 'field':
      return [...fieldPaths(), ...codes()]
    case 'service':
    case 'services':
      return await quickly((snapshot) => declaredServices(snapshot, mesh))
    case '--namespace': {
      const keys = await quickly((snapshot) => declaredServices(snapshot, mesh))
      return [...new Set(keys.map((key) => key.split('/')[0] ?? ''))]
    }
    case 'node':
    case 'nodes':
      return await quickly(({ nodes }) => nodes.map(({ hostname }) => hostname))
    default:
      return []
  }
}

/** Keys of the services that specs declare. */
function declaredServices(snapshot: ClusterSnapshot, mesh: string): readonly string[] {
  return declare(snapshot, new Map(), mesh).map(({ key }) => key)
}

/** What an observation holds, in order; nothing where Docker can't be asked quickly. */
async function quickly(read: (snapshot: ClusterSnapshot) => readonly string[]): Promise<readonly string[]> {
  const { promise: late, resolve } = Promise.withResolvers<readonly string[]>()
  const timer = setTimeout(resolve, PATIENCE, [])
  const asked = connectDocker()
    .then((docker) => observe(docker))
    .then(read)
    .catch(() => [])
  const found = await Promise.race([asked, late])
  clearTimeout(timer)
  return found.toSorted(byText)
}
