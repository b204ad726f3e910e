import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { containersOf } from './world.ts'
import type { World } from './world.ts'

/** A node label that no node has. */
const NOWHERE = 'node.labels.shoal.nowhere==true'

/** Shoal's own programs, without which the data plane must go on. */
export const PROGRAMS = ['shoal_node', 'shoal_controller']

/** Does something while none of the containers of these global services runs; afterwards, come what may, they run on every node. */
export async function without<T>(
  target: World,
  services: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  for (const service of services) await update(target, service, ['--constraint-add', NOWHERE])
  try {
    await running(target, services, 0)
    return await work()
  } finally {
    for (const service of services) await update(target, service, ['--constraint-rm', NOWHERE])
    await running(target, services, target.cluster.nodes.length)
  }
}

/** `docker service update`, which returns at once. */
async function update({ cluster }: World, service: string, args: readonly string[]): Promise<void> {
  await cluster.docker(0, ['service', 'update', '--detach', '--quiet', ...args, service])
}

/** Waits until as many containers of each service run on all nodes together. */
async function running(target: World, services: readonly string[], wanted: number): Promise<void> {
  await waitFor(
    `${wanted} containers each of ${services.join(', ')}`,
    async () => {
      for (const service of services) {
        const found = await Promise.all(
          target.cluster.nodes.map((_, node) => containersOf(target, node, service)),
        )
        if (found.flat().length !== wanted) throw new Error(`${service} has ${found.flat().length}`)
      }
      return true
    },
    { timeoutMs: 120_000, everyMs: 500 },
  )
}

/** Restarts every container of services, one node after the other, and waits until Swarm says that it is done. */
export async function restartAll(target: World, services: readonly string[]): Promise<void> {
  const started = Date.now()
  for (const service of services) await update(target, service, ['--force'])
  const format = '{{.UpdateStatus.State}} {{.UpdateStatus.CompletedAt}}'
  for (const service of services) {
    await waitFor(
      `the update of ${service} to complete`,
      async () => {
        const status = await target.cluster.docker(0, ['service', 'inspect', '--format', format, service])
        const [state, date, time] = status.trim().split(' ')
        if (state !== 'completed' || Date.parse(`${date}T${time}Z`) < started) throw new Error(status.trim())
        return true
      },
      { timeoutMs: 240_000, everyMs: 1000 },
    )
  }
}
