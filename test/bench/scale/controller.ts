/**
 * The real controller, a process of its own with the real adapters, in a cluster of a given size that an engine and Consul agents over
 * HTTP make up: what it costs when nothing happens, and when one service is scaled up by one.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ServiceStatus } from '../../../src/model/status.ts'
import { FakeConsul } from './consul.ts'
import { FakeEngine } from './engine.ts'
import type { Traffic } from './engine.ts'
import { usageOf } from './process.ts'
import { agentAddress, engineLists, oneMoreTask } from './swarm.ts'
import type { Size } from './swarm.ts'
import { decodePoliciesInForce } from '../../../src/store/policies.ts'
import { STATUSES } from '../../../src/store/statuses.ts'
import { NODE_REPORTS } from '../../../src/store/reports.ts'

export interface ControllerFigures {
  readonly size: Size
  /** s from its start to all registered. */
  readonly start: number
  readonly idle: {
    /** Percent of one core. */
    readonly cpu: number
    /** MB */
    readonly rss: number
    readonly docker: Rate
    readonly agents: Rate
    readonly kv: Rate
  }
  /** One service scaled up by one, until it is registered. */
  readonly change: {
    readonly ms: number
    readonly docker: Traffic
    readonly agents: Traffic
    readonly kv: Traffic
  }
}

/** Per second. */
interface Rate {
  readonly calls: number
  readonly kilobytes: number
}

const PROGRAM = new URL('../../../src/bin/controller.ts', import.meta.url).pathname
const PORT = 8500
const STACK = new URL('../../../swarm/stack.yml', import.meta.url)

/** `seconds` of idleness are measured. */
export async function measureController(size: Size, seconds: number): Promise<ControllerFigures> {
  const directory = await mkdtemp(join(tmpdir(), 'shoal-scale-'))
  const lists = engineLists(size)
  const engine = new FakeEngine(join(directory, 'docker.sock'), lists)
  const consul = new FakeConsul()
  const addresses = lists.nodes.map((_, index) => agentAddress(index))
  await Promise.all([engine.start(), consul.start(addresses, PORT)])
  const child = spawn(process.execPath, [PROGRAM], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: {
      ...process.env,
      DOCKER_HOST: `unix://${engine.socket}`,
      CONSUL_HTTP_ADDR: `http://${addresses[0]}:${PORT}`,
      SHOAL_LOG_LEVEL: 'error',
      ...(await asInStack('NODE_OPTIONS', 'MALLOC_ARENA_MAX', 'MALLOC_MMAP_THRESHOLD_')),
    },
  })
  try {
    const { pid } = child
    if (pid === undefined) throw new Error('the controller did not start')
    const begun = performance.now()
    const instances = size.services * size.replicas + size.nodes
    await until(() => consul.instances() === instances && count(consul, STATUSES.prefix) === size.services)
    const start = (performance.now() - begun) / 1000
    consul.publish(nodeReports(consul, size))
    await until(() => areProgrammed(consul, size), 500)
    const idle = await rest({ pid, engine, consul }, seconds)
    const change = await scaleUp(engine, consul, lists)
    return { size, start, idle, change }
  } finally {
    child.kill('SIGKILL')
    engine.stop()
    consul.stop()
    await rm(directory, { recursive: true })
  }
}

/** These variables as the stack file sets them. */
async function asInStack(...names: readonly string[]): Promise<Record<string, string>> {
  const stack = await readFile(STACK, 'utf8')
  const values = names.map((name): [string, string] => {
    const value = new RegExp(`^ +${name}: (.+)$`, 'm').exec(stack)?.[1]
    if (value === undefined) throw new Error(`the stack file sets no ${name}`)
    return [name, value]
  })
  return Object.fromEntries(values)
}

interface Stage {
  readonly pid: number
  readonly engine: FakeEngine
  readonly consul: FakeConsul
}

async function rest({ pid, engine, consul }: Stage, seconds: number): Promise<ControllerFigures['idle']> {
  const traffics = [engine.traffic, consul.agents, consul.kv]
  const counted = traffics.map((traffic) => ({ ...traffic }))
  const before = await usageOf(pid)
  let rss = before.rss
  for (let passed = 0; passed < seconds; passed += 1) {
    await sleep(1000)
    rss = Math.max(rss, (await usageOf(pid)).rss)
  }
  const after = await usageOf(pid)
  const time = (after.at - before.at) / 1000
  const [docker, agents, kv] = traffics.map(({ calls, bytes }, index): Rate => {
    const { calls: callsBefore, bytes: bytesBefore } = counted[index] ?? { calls: 0, bytes: 0 }
    return { calls: (calls - callsBefore) / time, kilobytes: (bytes - bytesBefore) / 1000 / time }
  })
  if (docker === undefined || agents === undefined || kv === undefined) throw new Error('nothing was counted')
  return { cpu: (after.cpu - before.cpu) / 10 / time, rss, docker, agents, kv }
}

async function scaleUp(
  engine: FakeEngine,
  consul: FakeConsul,
  lists: ReturnType<typeof engineLists>,
): Promise<ControllerFigures['change']> {
  const traffics = [engine.traffic, consul.agents, consul.kv] as const
  const [docker, agents, kv] = traffics.map((traffic) => ({ ...traffic }))
  const wanted = consul.instances() + 1
  const task = oneMoreTask(lists, 0)
  const begun = performance.now()
  engine.change({ ...lists, tasks: [...lists.tasks, task] }, task.ServiceID ?? '')
  await until(() => consul.instances() === wanted)
  const ms = performance.now() - begun
  const since = (now: Traffic, before: Traffic | undefined): Traffic => ({
    calls: now.calls - (before?.calls ?? 0),
    bytes: now.bytes - (before?.bytes ?? 0),
  })
  return {
    ms,
    docker: since(engine.traffic, docker),
    agents: since(consul.agents, agents),
    kv: since(consul.kv, kv),
  }
}

/** As the node agents of all nodes report that they have what the controller wrote. */
function nodeReports({ entries }: FakeConsul, { nodes }: Size): Map<string, string> {
  const policies = decodePoliciesInForce(entries)
  const revisions = new Map([...policies].map(([key, { revision }]) => [key, revision]))
  return new Map(
    Array.from({ length: nodes }, (_, index) => {
      const node = `host-${index}`
      return [NODE_REPORTS.key(node), NODE_REPORTS.encode({ node, revisions, errors: new Map() })]
    }),
  )
}

function count({ entries }: FakeConsul, prefix: string): number {
  return [...entries.keys()].filter((key) => key.startsWith(prefix)).length
}

/** Whether the controller has taken in the reports of all nodes, and says so of every service. */
function areProgrammed({ entries }: FakeConsul, { nodes }: Size): boolean {
  const statuses = [...entries].filter(([key]) => key.startsWith(STATUSES.prefix))
  return statuses.every(([, text]) => {
    const { programmed }: ServiceStatus = JSON.parse(text)
    return programmed === nodes
  })
}

async function until(condition: () => boolean, everyMs = 2): Promise<void> {
  const deadline = performance.now() + 300_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`not within 5 minutes: ${condition.toString()}`)
    await sleep(everyMs)
  }
}
