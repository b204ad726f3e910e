/**
 * From nothing to a cluster that runs Shoal: what `npm start` and the end-to-end tests have in common. Whatever is there
 * already is found and left as it is.
 */
import { startCluster } from './cluster.ts'
import type { Cluster } from './cluster.ts'
import { waitFor } from './cluster/wait.ts'
import { provideDashboards } from './dashboards.ts'
import type { Login } from './dashboards.ts'
import { docker } from './docker.ts'
import { ensureEngine } from './engine.ts'
import { writeEnvFile } from './env-file.ts'
import { loadImages, provideImages } from '../images.ts'
import type { Setting } from '../images/recipes.ts'

export interface BringUpOptions {
  /** Cluster name: `npm start` and the tests have one each. */
  readonly name: string
  /** Port on 127.0.0.1 wished for the first node; any free one if not given. */
  readonly httpPort?: number
  /** Images that the engine and the nodes get; all if not given. */
  readonly images?: readonly Setting[]
  /** Whether Shoal's dashboards are on. Not without it. */
  readonly dashboards?: boolean
  readonly log: (line: string) => void
}

export interface Running {
  readonly cluster: Cluster
  /** Environment for `docker stack deploy` that names this checkout's images. */
  readonly settings: Readonly<Record<string, string>>
  /** What opens the dashboards; null if they are off. */
  readonly login: Login | null
}

/** Name of the cluster that `npm start` makes and `npm stop` removes. */
export const DEMO = 'demo'

const SHOAL = 'shoal'

/** Engine, images, cluster, Shoal; resolves when every part of Shoal runs on every node. */
export async function bringUp(options: BringUpOptions): Promise<Running> {
  const { name, httpPort, images: wanted, dashboards = false, log } = options
  const imageOptions = wanted === undefined ? { log } : { wanted, log }
  await ensureEngine({ log })
  const images = await provideImages(imageOptions)
  const cluster = await startCluster({
    name,
    image: images.SHOAL_NODE_IMAGE,
    log,
    ...(httpPort === undefined ? {} : { httpPort }),
  })
  await loadImages(cluster.nodes, imageOptions)
  const shown = dashboards ? await provideDashboards(cluster) : null
  const settings = { ...images, SHOAL_HTTP_PORT: '80', ...shown?.settings }
  log('deploying Shoal')
  await deployStack(cluster, { file: 'swarm/stack.yml', stack: SHOAL, settings })
  await waitUntilRunning(cluster, SHOAL, { timeoutMs: 300_000 })
  const login = shown?.login ?? null
  await writeEnvFile(cluster, login)
  return { cluster, settings, login }
}

export interface Stack {
  /** Path from the repository's root. */
  readonly file: string
  readonly stack: string
  /** Values for the `${…}` of the file. */
  readonly settings: Readonly<Record<string, string>>
}

/**
 * `docker stack deploy` at the first node, with the images its engines have. Of Shoal's own stack, what an older file had
 * and this one lacks is taken out.
 */
export async function deployStack(cluster: Cluster, { file, stack, settings }: Stack): Promise<void> {
  const prune = stack === SHOAL ? ['--prune'] : []
  const options = ['--detach', '--resolve-image', 'never', ...prune]
  const args = ['stack', 'deploy', ...options, '--compose-file', file, stack]
  await docker(args, { host: cluster.node(0).host, env: settings, timeoutMs: 60_000 })
}

/** Waits until each service of a stack runs as many tasks as it should, and no rolling update is under way. */
export async function waitUntilRunning(
  cluster: Cluster,
  stack: string,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<void> {
  const filter = `label=com.docker.stack.namespace=${stack}`
  const list = ['service', 'ls', '--filter', filter, '--format', '{{.ID}} {{.Name}} {{.Replicas}}']
  const updates = '{{.Spec.Name}} {{if .UpdateStatus}}{{.UpdateStatus.State}}{{end}}'
  await waitFor(
    `stack ${stack} to run`,
    async () => {
      const lines = linesOf(await cluster.docker(0, list))
      const missing = lines.filter((line) => !isComplete(line))
      if (missing.length > 0) throw new Error(missing.join('; '))
      const ids = lines.map((line) => line.split(' ')[0] ?? '')
      const states = linesOf(await cluster.docker(0, ['service', 'inspect', '--format', updates, ...ids]))
      const updating = states.filter((line) => line.endsWith('updating'))
      if (updating.length > 0) throw new Error(updating.join('; '))
      return true
    },
    { timeoutMs, everyMs: 500 },
  )
}

function linesOf(output: string): string[] {
  return output.trim().split('\n')
}

/** A line such as `x1y2 shoal_haproxy 3/3` or `x1y2 shoal_consul-server 1/1 (max 1 per node)`. */
function isComplete(line: string): boolean {
  const [, running, wanted] = /^\S+ \S+ (\d+)\/(\d+)/.exec(line) ?? []
  return running !== undefined && running === wanted && wanted !== '0'
}
