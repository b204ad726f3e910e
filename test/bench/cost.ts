/** CPU time that a proxy has used. */
import { docker } from '../../swarm/dev/docker.ts'
import { containerOf } from '../e2e/world.ts'
import type { World } from '../e2e/world.ts'
import type { Lab } from './lab.ts'

/** Linux counts CPU time for users in hundredths of a second, everywhere. */
const MS_PER_TICK = 10

/** ms of CPU time that the proxies of these nodes have used since they started. */
export async function proxyCpu({ world, proxy }: Lab, nodes: readonly number[]): Promise<number> {
  const used = nodes.map(async (node) =>
    containerCpu(world, node, await containerOf(world, node, proxy.service)),
  )
  return (await Promise.all(used)).reduce((sum, ms) => sum + ms, 0)
}

/** ms of CPU time that a container's first process and its children have used since they started. */
export async function containerCpu({ cluster }: World, node: number, container: string): Promise<number> {
  const pid = (await cluster.docker(node, ['inspect', '--format', '{{.State.Pid}}', container])).trim()
  const script = 'for pid in $0 $(cat /proc/$0/task/*/children); do cat /proc/$pid/stat; done'
  const stats = await docker(['exec', cluster.node(node).container, 'sh', '-c', script, pid])
  return cpuTicks(stats) * MS_PER_TICK
}

/** User and system time, in ticks, of lines of `/proc/<pid>/stat`, with that of children that ended. A name in brackets may hold spaces. */
export function cpuTicks(stats: string): number {
  const lines = stats.trim().split('\n')
  return lines.reduce((sum, line) => {
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    return fields.slice(11, 15).reduce((ticks, field) => ticks + Number(field), sum)
  }, 0)
}
