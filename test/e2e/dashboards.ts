/** Shoal's dashboards on the cluster of the tests, as those see them who know the password and those who don't. */
import { dashboardHosts, DEFAULT_DOMAIN } from '../../src/model/names.ts'
import { waitUntilRunning } from '../../swarm/dev/bring-up.ts'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { provideSecret } from '../../swarm/dev/dashboards.ts'
import type { Login } from '../../swarm/dev/dashboards.ts'
import { askHttp } from '../http.ts'
import type { HttpAnswer } from '../http.ts'
import { deploy } from './world.ts'
import type { World } from './world.ts'

export const DASHBOARDS = dashboardHosts(DEFAULT_DOMAIN)

export interface Visit {
  readonly node: number
  /** Host name */
  readonly host: string
  readonly login?: Login | null
  readonly method?: string
  readonly path?: string
}

/** One request from outside. */
export async function visit(
  { cluster }: World,
  { node, host, login = null, method = 'GET', path = '/' }: Visit,
): Promise<HttpAnswer> {
  const { hostname, port } = new URL(cluster.node(node).httpUrl)
  const auth = login === null ? {} : { auth: `${login.user}:${login.password}` }
  return await askHttp({ host: hostname, port, path, method, headers: { host }, ...auth })
}

/** Deploys Shoal again, by another stack file if one is given, with these settings beside the usual ones. */
export async function redeployShoal(
  target: World,
  settings: Readonly<Record<string, string>>,
  file = 'swarm/stack.yml',
): Promise<void> {
  await deploy(target, 'shoal', file, settings)
  await waitUntilRunning(target.cluster, 'shoal', { timeoutMs: 180_000 })
}

/** Turns the dashboards on with a secret of this text. */
export async function turnOn(target: World, secret: string, text: string): Promise<void> {
  await provideSecret(target.cluster, secret, text)
  await redeployShoal(target, { SHOAL_DASHBOARDS: 'on', SHOAL_DASHBOARDS_SECRET: secret })
}

/** Waits until both dashboards answer so on every node. */
export async function dashboardsAnswer(
  target: World,
  status: number,
  login: Login | null = null,
): Promise<void> {
  await waitFor(
    `all dashboards to answer ${status}`,
    async () => {
      const visits = target.cluster.nodes.flatMap((_, node) =>
        Object.values(DASHBOARDS).map((host) => visit(target, { node, host, login, path: '/ui/' })),
      )
      const found = (await Promise.all(visits)).map((answer) => answer.status)
      if (found.some((each) => each !== status)) throw new Error(found.join(', '))
      return true
    },
    { timeoutMs: 60_000, everyMs: 500 },
  )
}
