/**
 * What Shoal's config costs: the same HAProxy with Shoal's config and with ones by hand, on the same node, in front of the same tasks.
 * Full speed, alternated every half second so that all find the machine alike, tells the throughput; a constant rate to all at once the
 * CPU time a request and the latency.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { waitFor } from '../../../swarm/dev/cluster/wait.ts'
import { addressesOf, containerOf, deploy, removeStack, waitUntilServed } from '../../e2e/world.ts'
import { containerCpu } from '../cost.ts'
import type { Lab } from '../lab.ts'
import { startGenerator } from '../load/load.ts'
import type { Asked, Generator } from '../load/load.ts'
import { percentiles } from '../load/percentiles.ts'
import { latenciesFromDue } from '../load/samples.ts'
import type { Results } from '../results.ts'
import { configByHand, RETRYING } from './by-hand.ts'
import type { Contest, Speed } from './ratio.ts'

/** As `--only` names it. */
export const THROUGHPUT = 'throughput'

const STACK = THROUGHPUT
const HOST = `app.${STACK}`
const NODE = 0
/** Workers at full speed, and the constant rate otherwise, for each. */
const WORKERS = 32
const RATE = 250
/** Turns for each round, each with new connections, as it matters by chance which thread has which. */
const TURNS = 4
/** Slices at full speed for each in a turn. */
const SLICES = 12
/** ms of a slice, and before it without measuring. */
const SLICE = 500
const SLICE_WARM_UP = 100
/** ms at the constant rate, and before it without measuring. */
const EVEN = 6000
const EVEN_WARM_UP = 1000

type Name = keyof Contest<unknown>

interface Contestant extends Asked {
  readonly name: Name
  readonly host: string
}

export async function measureThroughput(
  lab: Lab,
  rounds: number,
): Promise<NonNullable<Results['throughput']>> {
  const { world } = lab
  await deploy(world, STACK, 'test/bench/stacks/static.stack.yml')
  await waitUntilServed(world, `${STACK}/app`, 3)
  await waitUntilServed(world, `${STACK}/local`, 3)
  const shoal = { node: NODE, container: await containerOf(world, NODE, 'shoal_haproxy'), port: 80 }
  const result = {
    shoal: new Array<Speed>(),
    shoalPreferringLocal: new Array<Speed>(),
    byHand: new Array<Speed>(),
    byHandRetrying: new Array<Speed>(),
  }
  try {
    const contestants: readonly Contestant[] = [
      { name: 'shoal', host: HOST, ...shoal },
      { name: 'shoalPreferringLocal', host: `local.${STACK}`, ...shoal },
      { name: 'byHand', host: HOST, ...(await startByHand(lab, 'bench-by-hand')) },
      { name: 'byHandRetrying', host: HOST, ...(await startByHand(lab, 'bench-retrying', RETRYING)) },
    ]
    for (let turn = 1; turn <= TURNS * rounds; turn += 1) {
      const speeds = await speedsOf(lab, contestants)
      for (const [name, speed] of speeds) result[name].push(speed)
      lab.log(`throughput, turn ${turn}: ${JSON.stringify(Object.fromEntries(speeds))}`)
    }
  } finally {
    await world.cluster.docker(NODE, ['rm', '--force', 'bench-by-hand', 'bench-retrying'])
    await removeStack(world, STACK)
  }
  return result
}

/** A HAProxy of the same image beside Shoal's, in the same network. */
async function startByHand({ world }: Lab, container: string, more = ''): Promise<Asked> {
  const { cluster, settings } = world
  const nodes = cluster.nodes.map((_, node) => addressesOf(world, node, `${STACK}_app`))
  const addresses = (await Promise.all(nodes)).flat().map((address) => `${address}:8080`)
  const options = ['--name', container, '--network', 'shoal_mesh', '--memory', '1g', '--entrypoint', 'sh']
  const command = 'printf %s "$0" >/tmp/haproxy.cfg; exec haproxy -W -db -f /tmp/haproxy.cfg'
  const image = settings['SHOAL_HAPROXY_IMAGE'] ?? ''
  const config = configByHand(HOST, addresses, more)
  await cluster.docker(NODE, ['run', '--detach', ...options, image, '-c', command, config])
  await waitFor(
    `${container}'s socket`,
    async () => (await cluster.docker(NODE, ['exec', container, 'test', '-S', '/tmp/admin.sock']), true),
    { timeoutMs: 10_000 },
  )
  return { node: NODE, container, port: 80 }
}

async function speedsOf(lab: Lab, contestants: readonly Contestant[]): Promise<[Name, Speed][]> {
  const full = await atFullSpeed(lab, contestants)
  const without = (left: Name) => contestants.filter(({ name }) => name !== left)
  const even = [
    // Both are the same HAProxy, whose CPU time is theirs together.
    ...(await atConstantRate(lab, without('shoal'))),
    ...(await atConstantRate(lab, without('shoalPreferringLocal'))),
  ]
  return full.map(([name, fast]) => {
    const slow = even.findLast(([other]) => other === name)?.[1]
    if (slow === undefined) throw new Error(`${name} was not measured`)
    return [name, { ...fast, ...slow, failed: fast.failed + slow.failed }]
  })
}

/** One at a time asks as fast as it can, the others are frozen. */
async function atFullSpeed(lab: Lab, contestants: readonly Contestant[]): Promise<[Name, Full][]> {
  const attack = ['-rate', '0', '-max-workers', `${WORKERS}`, '-workers', `${WORKERS}`]
  const runs = []
  for (const asked of contestants) {
    const generator = await generate(lab, asked, attack)
    await generator.pause()
    runs.push({ asked, generator, slices: new Array<Slice>(), cpu: 0 })
  }
  for (let slice = 0; slice < SLICES; slice += 1) {
    // Forth and back, so that none is always the one after another.
    for (const run of slice % 2 === 0 ? runs : runs.toReversed()) {
      const cpuBefore = await containerCpu(lab.world, NODE, run.asked.container)
      const began = Date.now()
      await run.generator.unpause()
      const from = Date.now() + SLICE_WARM_UP
      await pause(SLICE_WARM_UP + SLICE)
      const to = Date.now()
      await run.generator.pause()
      run.slices.push({ began, from, to, ended: Date.now() })
      run.cpu += (await containerCpu(lab.world, NODE, run.asked.container)) - cpuBefore
    }
  }
  for (const { generator } of runs) {
    await generator.unpause()
    await generator.stop()
  }
  return runs.map(({ asked, generator, slices, cpu }) => {
    const ends = generator.samples.map(({ sentAt, took }) => sentAt + took)
    const within = (from: number, to: number) => ends.filter((end) => from <= end && end < to).length
    const counted = slices.reduce((sum, { from, to }) => sum + within(from, to), 0)
    const ms = slices.reduce((sum, { from, to }) => sum + to - from, 0)
    const all = slices.reduce((sum, { began, ended }) => sum + within(began, ended), 0)
    const [requestsPerSecond, cpuPerRequestAtFullSpeed] = [(counted * 1000) / ms, (cpu * 1000) / all]
    return [asked.name, { failed: failuresIn(generator), requestsPerSecond, cpuPerRequestAtFullSpeed }]
  })
}

type Full = Pick<Speed, 'failed' | 'requestsPerSecond' | 'cpuPerRequestAtFullSpeed'>
type Even = Pick<Speed, 'failed' | 'cpuPerRequest' | 'p50' | 'p99'>

/** ms since the epoch: when a generator was let go and frozen again, and between which times its answers are counted. */
interface Slice {
  readonly began: number
  readonly from: number
  readonly to: number
  readonly ended: number
}

/** All at once, so that what disturbs one disturbs the others. */
async function atConstantRate(lab: Lab, contestants: readonly Contestant[]): Promise<[Name, Even][]> {
  const cpu = () => Promise.all(contestants.map(({ container }) => containerCpu(lab.world, NODE, container)))
  const running: { readonly name: Name; readonly generator: Generator }[] = []
  for (const asked of contestants) {
    running.push({ name: asked.name, generator: await generate(lab, asked, ['-rate', `${RATE}/1s`]) })
  }
  await pause(EVEN_WARM_UP)
  const cpuBefore = await cpu()
  const before = running.map(({ generator }) => generator.samples.length)
  await pause(EVEN)
  const cpuAfter = await cpu()
  const after = running.map(({ generator }) => generator.samples.length)
  await Promise.all(running.map(({ generator }) => generator.stop()))
  return running.map(({ name, generator }, index) => {
    const samples = generator.samples.slice(before[index], after[index])
    const { p50, p99 } = percentiles(latenciesFromDue(samples, 1000 / RATE))
    const used = (cpuAfter[index] ?? 0) - (cpuBefore[index] ?? 0)
    return [name, { failed: failuresIn(generator), cpuPerRequest: (used * 1000) / samples.length, p50, p99 }]
  })
}

function generate(lab: Lab, asked: Contestant, attack: readonly string[]): Promise<Generator> {
  return startGenerator(lab, asked, { host: asked.host, path: '/static', attack })
}

function failuresIn({ samples }: Generator): number {
  return samples.filter(({ status }) => status !== 200).length
}
