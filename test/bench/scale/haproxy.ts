/**
 * A real HAProxy with a given number of backends of ten servers each: how long an agent that starts takes to program it, what one change
 * costs, and what it costs to keep comparing. The servers are HAProxy's own port 80, so that its checks pass.
 */
import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Backend } from '../../../src/model/backend.ts'
import type { Listener } from '../../../src/model/listener.ts'
import { listeners } from '../../haproxy/listeners.ts'
import { HaproxyProgrammer } from '../../../src/haproxy/programmer.ts'
import { serverQueries } from '../../../src/haproxy/state.ts'
import { RealHaproxy } from '../../haproxy/haproxy.ts'
import { ownCpu, usageOf } from './process.ts'

/** Of one step. */
interface Cost {
  /** ms */
  readonly wall: number
  /** ms of the agent's thread. */
  readonly agent: number
  /** ms of the HAProxy worker. */
  readonly haproxy: number
}

export interface HaproxyFigures {
  readonly backends: number
  readonly servers: number
  /** From nothing to all of it on disk and loaded. */
  readonly structure: Cost
  /** Each backend compared with what HAProxy has; nothing differs. */
  readonly comparing: Cost
  /** The structure compared; nothing differs. */
  readonly comparingStructure: Cost
  /** One server of one backend gets another weight. */
  readonly weight: Cost
  /** One backend gets one more server. */
  readonly addition: Cost
  /** One more backend: a reload. */
  readonly reload: Cost
  /** Bytes that HAProxy answers when one backend is compared. */
  readonly answered: number
  /** Files rewritten for one more server. */
  readonly filesWritten: number
  /** MB of the worker. */
  readonly rss: number
  /** Percent of a core that the worker takes at rest, for its checks. */
  readonly idle: number
}

export async function measureHaproxy(count: number, replicas: number): Promise<HaproxyFigures> {
  const haproxy = await RealHaproxy.create()
  try {
    const programmer = new HaproxyProgrammer({ directory: haproxy.directory })
    await programmer.programStructure([], []).catch(() => null)
    await haproxy.start()
    await loaded(haproxy)
    const backends = Array.from({ length: count }, (_, index) => backend(index, replicas))
    const [first, ...others] = backends
    if (first === undefined) throw new Error('no backends')
    const structure = (wanted: readonly Backend[]) => programmer.programStructure(listenersOf(wanted), wanted)
    const started = await cost(haproxy, () => structure(backends))
    const comparing = await cost(haproxy, async () => {
      for (const each of backends) await programmer.programBackend(each)
    })
    const comparingStructure = await cost(haproxy, () => structure(backends))
    const [server, ...rest] = first.servers
    if (server === undefined) throw new Error('no servers')
    const lighter = { ...first, servers: [{ ...server, weight: 50 }, ...rest] }
    const weight = await cost(haproxy, () => programmer.programBackend(lighter))
    const before = await writtenAt(haproxy)
    const larger = { ...first, servers: [...lighter.servers, { ...server, name: 'another' }] }
    const addition = await cost(haproxy, () => programmer.programBackend(larger))
    const after = await writtenAt(haproxy)
    const filesWritten = [...after].filter(([file, at]) => before.get(file) !== at).length
    const [state = '', figures = ''] = await haproxy.ask(...serverQueries(first.name))
    await sleep(5000)
    const [begin, end] = [await worker(haproxy), (await sleep(10_000), await worker(haproxy))]
    const idle = ((end.cpu - begin.cpu) / (end.at - begin.at)) * 100
    const reload = await cost(haproxy, () => structure([larger, ...others, backend(count, replicas)]))
    return {
      backends: count,
      servers: count * replicas,
      structure: started,
      comparing,
      comparingStructure,
      weight,
      addition,
      reload,
      answered: state.length + figures.length,
      filesWritten,
      rss: end.rss,
      idle,
    }
  } finally {
    await haproxy.remove()
  }
}

function backend(index: number, replicas: number): Backend {
  const name = `stack${index}_app`
  const servers = Array.from({ length: replicas }, (_, slot) => ({
    name: `${name}.${slot + 1}.task${String(slot).padStart(21, 'x')}`,
    address: '127.0.0.1',
    port: 80,
    weight: 100,
    state: 'ready' as const,
    backup: false,
    maxConnections: 0,
  }))
  return { name, service: `stack${index}/app`, protocol: 'http', timeout: 30_000, drain: 10_000, servers }
}

function listenersOf(backends: readonly Backend[]): readonly Listener[] {
  const hosts = backends.flatMap(({ name }): [string, string][] =>
    [`${name}.example.com`, `app.${name}`, `app.${name}.example.test`].map((host) => [host, name]),
  )
  return listeners({ 80: Object.fromEntries(hosts) })
}

async function loaded(haproxy: RealHaproxy): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await haproxy.worker().then(Number, () => null)) return
    await sleep(50)
  }
  throw new Error('HAProxy does not start')
}

async function cost(haproxy: RealHaproxy, work: () => Promise<unknown>): Promise<Cost> {
  const [cpu, before] = [ownCpu(), await worker(haproxy)]
  const begun = performance.now()
  await work()
  const wall = performance.now() - begun
  const after = await worker(haproxy)
  // Another process after a reload: then all that the new one has used so far.
  return { wall, agent: ownCpu() - cpu, haproxy: after.cpu - (after.pid === before.pid ? before.cpu : 0) }
}

/** What the worker has used so far. */
async function worker(haproxy: RealHaproxy) {
  const pid = await workerOnHost(haproxy)
  return { pid, ...(await usageOf(pid)) }
}

/** Its process number outside the container: the youngest child of the master. */
async function workerOnHost(haproxy: RealHaproxy): Promise<number> {
  const master = await haproxy.pid()
  const children = await readFile(`/proc/${master}/task/${master}/children`, 'utf8')
  return Number(children.trim().split(' ').at(-1))
}

async function writtenAt(haproxy: RealHaproxy): Promise<Map<string, number>> {
  const folder = join(haproxy.directory, 'conf.d')
  const files = await readdir(folder)
  return new Map(
    await Promise.all(files.map(async (file) => [file, (await stat(join(folder, file))).ino] as const)),
  )
}
