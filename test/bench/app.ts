/** The app under load: a stack `<name>` of one Swarm service `<name>_app`, asked for as `app.<name>`. */
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { containersOf, deploy } from '../e2e/world.ts'
import type { Lab } from './lab.ts'

/** Values for the `${…}` of stacks/app.stack.yml. */
export type AppSettings = Readonly<Record<string, string>>

export interface App {
  readonly swarmService: string
  /** HAProxy's backend, and the Consul service. */
  readonly backend: string
  readonly host: string
  scale(replicas: number): Promise<void>
  /** Its running containers. */
  containers(): Promise<Container[]>
  /** Waits until every proxy serves as many tasks. */
  served(tasks: number): Promise<void>
  remove(): Promise<void>
}

export interface Container {
  readonly node: number
  /** The first 12 digits of the ID, which is what the app answers. */
  readonly id: string
}

const STACK_FILE = 'test/bench/stacks/app.stack.yml'

/** Deploys the app, and waits until every proxy serves its tasks. */
export async function startApp(
  lab: Lab,
  name: string,
  replicas: number,
  settings: AppSettings = {},
): Promise<App> {
  const { world, images, proxy } = lab
  const stack = proxy.stackOf(name)
  const swarmService = `${stack}_app`
  await deploy(world, stack, STACK_FILE, {
    BENCH_APP_IMAGE: images.app,
    REPLICAS: String(replicas),
    ...settings,
  })
  const labels = proxy.labels.flatMap((label) => ['--label-add', label])
  if (labels.length > 0) {
    await world.cluster.docker(0, ['service', 'update', '--detach', '--quiet', ...labels, swarmService])
  }
  const app: App = {
    swarmService,
    backend: `${stack}_app`,
    host: `app.${stack}`,
    async scale(tasks) {
      await world.cluster.docker(0, ['service', 'scale', '--detach', `${swarmService}=${tasks}`])
    },
    async containers() {
      const found = world.cluster.nodes.map(async (_, node) =>
        (await containersOf(world, node, swarmService)).map((id) => ({ node, id })),
      )
      return (await Promise.all(found)).flat()
    },
    served: (tasks) => proxy.served(lab, stack, tasks),
    async remove() {
      // Not `--detach=false`: on a busy machine it may wait for ever.
      await world.cluster.docker(0, ['stack', 'rm', stack])
      await waitFor(
        `no container of ${swarmService}`,
        async () => (await app.containers()).length === 0 || undefined,
        { timeoutMs: 120_000, everyMs: 500 },
      )
    },
  }
  await app.served(replicas)
  return app
}

/** Starts a rolling update that replaces every task, and waits until the new ones are in place and served. */
export async function rollOut(lab: Lab, app: App): Promise<void> {
  const old = new Set((await app.containers()).map(({ id }) => id))
  await lab.world.cluster.docker(0, ['service', 'update', '--force', '--detach', app.swarmService])
  await waitFor(
    `new tasks of ${app.swarmService} in place of all`,
    async () => {
      const now = await app.containers()
      return (now.length === old.size && now.every(({ id }) => !old.has(id))) || undefined
    },
    { timeoutMs: 180_000, everyMs: 500 },
  )
  await app.served(old.size)
}
