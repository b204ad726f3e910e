/**
 * What Shoal's config costs: the same HAProxy with Shoal's config and with one by hand, on the same node, in front of the same
 * tasks, in turn. Full speed tells the throughput, a constant rate the CPU time a request and the latency.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { waitFor } from '../../../swarm/cluster/wait.ts'
import { addressesOf, containerOf, deploy, removeStack, waitUntilServed } from '../../swarm/world.ts'
import { containerCpu } from '../cost.ts'
import type { Lab } from '../lab.ts'
import { startGenerator } from '../load/load.ts'
import type { Asked } from '../load/load.ts'
import { percentiles } from '../load/percentiles.ts'
import { latenciesFromDue } from '../load/samples.ts'
import type { Results } from '../results.ts'
import { configByHand } from './by-hand.ts'
import type { Speed } from './ratio.ts'

/** As `--only` names it. */
export const THROUGHPUT = 'throughput'

const STACK = THROUGHPUT
const HOST = `app.${STACK}`
const CONTAINER = 'bench-by-hand'
const NODE = 0
/** Workers at full speed, and the constant rate otherwise. */
const WORKERS = 32
const RATE = 1000
/** Turns of both for each round: what differs is less than a turn's noise, and many short ones even out more of it than a few long ones. */
const TURNS = 8
/** ms of each measurement, and before it without measuring. */
const MEASURED = 2500
const WARM_UP = 800

export async function measureThroughput(
  lab: Lab,
  rounds: number,
): Promise<NonNullable<Results['throughput']>> {
  const { world } = lab
  await deploy(world, STACK, 'test/bench/stacks/static.stack.yml')
  await waitUntilServed(world, `${STACK}/app`, 3)
  const shoal = { node: NODE, container: await containerOf(world, NODE, 'shoal_haproxy'), port: 80 }
  const result: { shoal: Speed[]; byHand: Speed[] } = { shoal: [], byHand: [] }
  try {
    const byHand = await startByHand(lab)
    for (let turn = 1; turn <= TURNS * rounds; turn += 1) {
      // Each goes first in turn: whoever does may find the machine otherwise.
      const both = [
        async () => result.shoal.push(await speedOf(lab, shoal)),
        async () => result.byHand.push(await speedOf(lab, byHand)),
      ]
      for (const measure of turn % 2 === 0 ? both.toReversed() : both) await measure()
      lab.log(`throughput, turn ${turn}: ${JSON.stringify([result.shoal.at(-1), result.byHand.at(-1)])}`)
    }
  } finally {
    await world.cluster.docker(NODE, ['rm', '--force', CONTAINER])
    await removeStack(world, STACK)
  }
  return result
}

/** A HAProxy of the same image beside Shoal's, in the same network. */
async function startByHand({ world }: Lab): Promise<Asked> {
  const { cluster, settings } = world
  const nodes = cluster.nodes.map((_, node) => addressesOf(world, node, `${STACK}_app`))
  const addresses = (await Promise.all(nodes)).flat().map((address) => `${address}:8080`)
  const options = ['--name', CONTAINER, '--network', 'shoal_mesh', '--memory', '1g', '--entrypoint', 'sh']
  const command = 'printf %s "$0" >/tmp/haproxy.cfg; exec haproxy -W -db -f /tmp/haproxy.cfg'
  const image = settings['SHOAL_HAPROXY_IMAGE'] ?? ''
  await cluster.docker(NODE, [
    'run',
    '--detach',
    ...options,
    image,
    '-c',
    command,
    configByHand(HOST, addresses),
  ])
  await waitFor(
    'the HAProxy by hand',
    async () => (await cluster.docker(NODE, ['exec', CONTAINER, 'test', '-S', '/tmp/admin.sock']), true),
    { timeoutMs: 10_000 },
  )
  return { node: NODE, container: CONTAINER, port: 80 }
}

async function speedOf(lab: Lab, asked: Asked): Promise<Speed> {
  const full = await loaded(lab, asked, [
    '-rate',
    '0',
    '-max-workers',
    `${WORKERS}`,
    '-workers',
    `${WORKERS}`,
  ])
  const even = await loaded(lab, asked, ['-rate', `${RATE}/1s`])
  const { p50, p99 } = percentiles(latenciesFromDue(even.samples, 1000 / RATE))
  return {
    failed: full.failed + even.failed,
    requestsPerSecond: (full.count * 1000) / full.ms,
    cpuPerRequest: (even.cpu * 1000) / even.count,
    cpuPerRequestAtFullSpeed: (full.cpu * 1000) / full.count,
    p50,
    p99,
  }
}

async function loaded(lab: Lab, asked: Asked, attack: readonly string[]) {
  const options = { host: HOST, path: '/static', attack }
  const generator = await startGenerator(lab, asked, options)
  await pause(WARM_UP)
  const cpuBefore = await containerCpu(lab.world, asked.node, asked.container)
  const [began, before] = [performance.now(), generator.samples.length]
  await pause(MEASURED)
  const cpu = (await containerCpu(lab.world, asked.node, asked.container)) - cpuBefore
  const [ms, count] = [performance.now() - began, generator.samples.length - before]
  await generator.stop()
  const samples = generator.samples.slice(before, before + count)
  const failed = samples.filter(({ status }) => status !== 200).length
  return { samples, failed, ms, count, cpu }
}
