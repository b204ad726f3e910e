/**
 * What was asked before the crash: the node with Consul's server loses its power, and with the first
 * answer of another server every task is replaced. Whoever still waits for the lost one sends
 * requests to tasks that are gone.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { waitUntilRunning } from '../../../swarm/dev/bring-up.ts'
import { waitFor } from '../../../swarm/dev/cluster/wait.ts'
import { consul, containersOf } from '../../e2e/world.ts'
import type { World } from '../../e2e/world.ts'
import { rollOut } from '../app.ts'
import type { App } from '../app.ts'
import { loadCase } from '../load-case.ts'
import type { Lab } from '../lab.ts'
import { worstSecond } from '../load/seconds.ts'
import { RATE } from './load.ts'

const SERVER = 'shoal_consul-server'
/** The node that loses its power; the others are asked. */
const VICTIM = 2
const OTHERS = [0, 1]
/** ms that the load goes on after the rollout. */
const AFTERWARDS_MS = 5000

export const HUNG = loadCase({
  name: 'hung',
  title: "The node with Consul's server powered off, then a rollout at once, 6 tasks, the other nodes asked",
  replicas: 6,
  shoalOnly: true,
  bounds: { failed: 0 },
  load: { nodes: OTHERS, rate: RATE },
  prepare: (lab) => moveServer(lab.world),
  async change({ world }, app) {
    const killed = Date.now()
    await world.cluster.kill(VICTIM)
    await Promise.all(OTHERS.map((node) => waitForLeader(world, node)))
    const heard = Date.now()
    await replaceAll(world, app)
    await pause(AFTERWARDS_MS)
    return {
      measures: { 'no Consul server, s': (heard - killed) / 1000 },
      evaluate: (result) => ({ 'p99 of the worst second, ms': worstSecond(result, heard) }),
    }
  },
  restore,
})

/** Consul's server to the victim: the only node where a new task may be placed meanwhile. */
async function moveServer(world: World): Promise<void> {
  const { cluster } = world
  const at = async (node: number): Promise<boolean> => (await containersOf(world, node, SERVER)).length > 0
  if (await at(VICTIM)) return
  const availability = async (value: 'active' | 'pause'): Promise<void> => {
    for (const node of OTHERS) {
      const id = (await cluster.docker(node, ['info', '--format', '{{.Swarm.NodeID}}'])).trim()
      await cluster.docker(0, ['node', 'update', '--availability', value, id])
    }
  }
  await availability('pause')
  try {
    await cluster.docker(0, ['service', 'update', '--force', '--detach', SERVER])
    await waitFor("Consul's server at its new node", async () => (await at(VICTIM)) || undefined, {
      timeoutMs: 120_000,
      everyMs: 500,
    })
  } finally {
    await availability('active')
  }
  await Promise.all([...OTHERS, VICTIM].map((node) => waitForLeader(world, node)))
}

/** Until the Consul agent of a node knows a leader. */
async function waitForLeader(world: World, node: number): Promise<void> {
  await waitFor(
    `a leader of Consul for node${node + 1}`,
    async () => {
      const leader = await consul<string>(world, node, 'status/leader').catch(() => '')
      return leader !== '' || undefined
    },
    { timeoutMs: 180_000, everyMs: 200 },
  )
}

/** A rolling update of every task, until Swarm calls it complete: of the lost node nobody can be asked. */
async function replaceAll({ cluster }: World, { swarmService }: App): Promise<void> {
  await cluster.docker(0, ['service', 'update', '--force', '--detach', swarmService])
  const state = ['service', 'inspect', '--format', '{{.UpdateStatus.State}}', swarmService]
  await waitFor(
    `the end of the rollout of ${swarmService}`,
    async () => (await cluster.docker(0, state)).trim() === 'completed' || undefined,
    { timeoutMs: 180_000, everyMs: 500 },
  )
}

async function restore(lab: Lab, app: App): Promise<void> {
  const { cluster } = lab.world
  await cluster.start(VICTIM)
  await cluster.ready()
  for (const stack of ['shoal', lab.proxy.service.split('_')[0] ?? '']) {
    await waitUntilRunning(cluster, stack, { timeoutMs: 180_000 })
  }
  await app.served(6)
  await rollOut(lab, app)
}
