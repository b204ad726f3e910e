/** The hello app under load: a stack `<name>` of one Swarm service `<name>_www`, asked for as `www.<name>`. */
import { startLoad } from './load.ts'
import type { Load } from './load.ts'
import { containersOf, deploy, removeStack, waitUntilServed } from './world.ts'
import type { World } from './world.ts'

export interface App {
  /** Swarm service. */
  readonly swarmService: string
  /** HAProxy's backend. */
  readonly backend: string
  readonly consulService: string
  /** A name that HAProxy answers to. */
  readonly host: string
  /** Changes the number of tasks, and returns at once. */
  scale(replicas: number): Promise<void>
  /** Waits until every HAProxy sends requests to this number of tasks. */
  served(replicas: number): Promise<void>
  /** Its running containers. */
  containers(): Promise<AppContainer[]>
  /** 200 requests a second to the HAProxies of all nodes in turn. */
  load(): Load
  remove(): Promise<void>
}

export interface AppContainer {
  readonly node: number
  /** The first 12 digits of the ID, as the app tells it. */
  readonly id: string
}

/** Path of the load's requests, by which the app's log tells them from health checks. */
export const LOAD_PATH = '/load'

/** Deploys the app and waits until every HAProxy serves it. */
export async function startApp(target: World, name: string, replicas: number): Promise<App> {
  const { cluster } = target
  const swarmService = `${name}_www`
  const served = (tasks: number): Promise<void> => waitUntilServed(target, `${name}/www`, tasks)
  await deploy(target, name, 'test/e2e/stacks/app.stack.yml', { REPLICAS: String(replicas) })
  await served(replicas)
  return {
    swarmService,
    backend: `${name}_www`,
    consulService: `www-${name}`,
    host: `www.${name}`,
    served,
    async scale(tasks) {
      await cluster.docker(0, ['service', 'scale', '--detach', `${swarmService}=${tasks}`])
    },
    async containers() {
      const found = cluster.nodes.map(async (_, node) =>
        (await containersOf(target, node, swarmService)).map((id) => ({ node, id })),
      )
      return (await Promise.all(found)).flat()
    },
    load() {
      const urls = cluster.nodes.map(({ httpUrl }) => httpUrl)
      return startLoad({ urls, host: `www.${name}`, rate: 200, path: LOAD_PATH })
    },
    async remove() {
      await removeStack(target, name)
    },
  }
}

/** Name of a container, which is HAProxy's name of the server. */
export async function containerName({ cluster }: World, { node, id }: AppContainer): Promise<string> {
  const name = await cluster.docker(node, ['inspect', '--format', '{{.Name}}', id])
  return name.trim().replace(/^\//, '')
}
