/**
 * Open-loop load by Vegeta: a generator beside each HAProxy that is asked, in its network namespace, so that nothing but the proxy lies
 * between them. Each sends at a constant rate whether or not earlier requests were answered.
 */
import { createInterface } from 'node:readline'
import { dockerEnd, startDocker } from '../../../swarm/dev/docker.ts'
import type { Lab } from '../lab.ts'
import { containerOf } from '../../e2e/world.ts'
import { latenciesFromDue, parseSample } from './samples.ts'
import type { Sample } from './samples.ts'

export interface LoadOptions {
  /** Nodes, from 0, whose proxies are asked. */
  readonly nodes: readonly number[]
  /** Requests a second, over all generators. */
  readonly rate: number
  readonly host: string
  readonly path?: string
  /** Asked in turn. */
  readonly methods?: readonly ('GET' | 'POST')[]
  /** Vegeta's further options for a generator. */
  readonly options?: (node: number) => readonly string[]
}

export interface LoadResult {
  readonly samples: readonly Sample[]
  /** ms from when each was due to the end of its answer. */
  readonly latencies: readonly number[]
}

export interface Load {
  /** Requests answered so far. */
  count(): number
  /** Ends the load, and waits for the last answers. */
  stop(): Promise<LoadResult>
}

/** A proxy to be asked. */
export interface Asked {
  readonly node: number
  readonly container: string
  /** Port that it listens on within its container. */
  readonly port: number
}

export interface GeneratorOptions extends Pick<LoadOptions, 'host' | 'path' | 'methods'> {
  /** Vegeta's own: rate, connections, protocol. */
  readonly attack: readonly string[]
}

export interface Generator {
  readonly samples: readonly Sample[]
  /** Freezes it where it stands, and lets it go on. */
  pause(): Promise<void>
  unpause(): Promise<void>
  /** Ends the load, and waits for the last answers. */
  stop(): Promise<void>
}

/** A run ends by itself after this, whatever happens. */
const LONGEST = '10m'

let generators = 0

/** Starts the load; resolves once every generator has its first answer. */
export async function startLoad(lab: Lab, options: LoadOptions): Promise<Load> {
  const { nodes } = options
  const rate = Math.round(options.rate / nodes.length)
  const running = await Promise.all(
    nodes.map(async (node) => {
      const container = await containerOf(lab.world, node, lab.proxy.service)
      const attack = ['-rate', `${rate}/1s`, ...(options.options?.(node) ?? [])]
      return startGenerator(lab, { node, container, port: lab.proxy.port }, { ...options, attack })
    }),
  )
  // Vegeta rounds the interval down to ns.
  const interval = Math.floor(1e9 / rate) / 1e6
  return {
    count: () => running.reduce((sum, { samples }) => sum + samples.length, 0),
    async stop() {
      await Promise.all(running.map((generator) => generator.stop()))
      return {
        samples: running.flatMap(({ samples }) => samples),
        latencies: running.flatMap(({ samples }) => latenciesFromDue(samples, interval)),
      }
    },
  }
}

/** Starts a generator beside a proxy; resolves once it has its first answer. */
export async function startGenerator(
  { world: { cluster }, images }: Pick<Lab, 'world' | 'images'>,
  { node, container, port }: Asked,
  options: GeneratorOptions,
): Promise<Generator> {
  const name = `load-${process.pid}-${(generators += 1)}`
  const network = `container:${container}`
  const run = ['run', '--rm', '--interactive', '--name', name, '--network', network, images.load]
  const limits = ['-duration', LONGEST, '-timeout', '20s', '-max-body', '256']
  const args = [...run, ...limits, ...options.attack]
  const child = startDocker(args, { host: cluster.node(node).host })
  const samples: Sample[] = []
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk))
  const ended = dockerEnd(child, args, () => complaint)
  const first = Promise.withResolvers<void>()
  const lines = createInterface({ input: child.stdout }).on('line', (line) => {
    samples.push(parseSample(line))
    first.resolve()
  })
  const read = new Promise<void>((resolve) => lines.once('close', resolve))
  child.stdin.on('error', () => {})
  child.stdin.end(targets(options, port))
  await Promise.race([first.promise, ended])
  return {
    samples,
    async pause() {
      await cluster.docker(node, ['pause', name])
    },
    async unpause() {
      await cluster.docker(node, ['unpause', name])
    },
    async stop() {
      await cluster.docker(node, ['kill', '--signal', 'INT', name])
      await Promise.all([ended, read])
    },
  }
}

/** In Vegeta's format for targets. */
function targets({ host, path = '/', methods = ['GET'] }: GeneratorOptions, port: number): string {
  return methods.map((method) => `${method} http://127.0.0.1:${port}${path}\nHost: ${host}\n`).join('\n')
}
