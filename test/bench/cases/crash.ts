/** What breaks without warning. Only what may be sent twice is sent: requests that reached the dead are sent to another. */
import { setTimeout as pause } from 'node:timers/promises'
import { waitUntilRunning } from '../../../swarm/dev/bring-up.ts'
import { waitFor } from '../../../swarm/dev/cluster/wait.ts'
import { rollOut } from '../app.ts'
import type { Container } from '../app.ts'
import { loadCase } from '../load-case.ts'
import { worstSecond } from '../load/seconds.ts'
import { ALL_NODES, RATE } from './load.ts'

export const KILL_TASK = loadCase({
  name: 'kill-task',
  title: '`docker kill` of one of 4 tasks',
  replicas: 4,
  bounds: { failed: 0, reloads: 0 },
  load: { nodes: ALL_NODES, rate: RATE },
  async change({ world }, app) {
    const before = await app.containers()
    const [victim] = before
    if (victim === undefined) throw new Error('no task to kill')
    const killed = Date.now()
    await world.cluster.docker(victim.node, ['kill', victim.id])
    await waitFor(
      'a task in its place',
      async () => isReplaced(before, victim, await app.containers()) || undefined,
      { timeoutMs: 60_000, everyMs: 500 },
    )
    await app.served(4)
    return { evaluate: (result) => ({ 'p99 of the worst second, ms': worstSecond(result, killed) }) }
  },
})

function isReplaced(before: readonly Container[], victim: Container, now: readonly Container[]): boolean {
  return now.length === before.length && now.every(({ id }) => id !== victim.id)
}

/** The node that is powered off; the others are asked. */
const VICTIM = 2
/** How long it is off: longer than the Swarm takes to call it down. */
const OFF_MS = 20_000

export const KILL_NODE = loadCase({
  name: 'kill-node',
  title: 'A node powered off and on again, 6 tasks on three nodes, the others asked',
  replicas: 6,
  bounds: { failed: 0, measures: { 'p99 of the worst second, ms': 1200 } },
  load: { nodes: [0, 1], rate: RATE },
  async change({ world: { cluster } }) {
    const killed = Date.now()
    await cluster.kill(VICTIM)
    await pause(OFF_MS)
    await cluster.start(VICTIM)
    await cluster.ready()
    return { evaluate: (result) => ({ 'p99 of the worst second, ms': worstSecond(result, killed) }) }
  },
  async restore(lab, app) {
    for (const stack of ['shoal', lab.proxy.service.split('_')[0] ?? '']) {
      await waitUntilRunning(lab.world.cluster, stack, { timeoutMs: 180_000 })
    }
    await app.served(6)
    await rollOut(lab, app)
  },
})
