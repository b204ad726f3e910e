import { execFile } from 'node:child_process'
import type { ServiceView } from '../../src/views/service.ts'
import type { Condition } from '../../src/model/status.ts'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import type { World } from './world.ts'

export interface Ended {
  readonly code: number
  readonly output: string
  readonly errors: string
}

/** Runs this checkout's `shoal` against the cluster, as `DOCKER_HOST=… npx shoal …` does. */
export function shoal(
  { cluster }: World,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  // Tests themselves may run on a terminal.
  const env = { ...process.env, FORCE_COLOR: undefined, ...environment, DOCKER_HOST: cluster.node(0).host }
  return new Promise((resolve) => {
    execFile(process.execPath, ['src/bin/shoal.js', ...args], { env }, (error, output, errors) =>
      resolve({ code: error === null ? 0 : Number(error.code), output, errors }),
    )
  })
}

/** A service as `shoal get services -o json` shows it; undefined if it shows none of that name. */
export async function serviceView(target: World, key: string): Promise<ServiceView | undefined> {
  const { output } = await shoal(target, ['get', 'services', '--output', 'json'])
  const views: readonly ServiceView[] = JSON.parse(output)
  return views.find(({ namespace, name }) => `${namespace}/${name}` === key)
}

/** Waits until a service's condition has this reason, and returns it. */
export async function condition(
  target: World,
  key: string,
  type: Condition['type'],
  reason: string,
): Promise<Condition> {
  return await waitFor(
    `condition ${type} of ${key} to say ${reason}`,
    async () => {
      const view = await serviceView(target, key)
      const found = view?.conditions.find((each) => each.type === type)
      if (found?.reason !== reason) throw new Error(`it says ${found?.reason}: ${found?.message}`)
      return found
    },
    { timeoutMs: 30_000, everyMs: 500 },
  )
}
