/** What the HAProxies of all nodes do, as watchers beside them (test/bench/images/bench-app/observer.ts) tell it within 10 ms. */
import { createInterface } from 'node:readline'
import { dockerEnd, startDocker } from '../../swarm/dev/docker.ts'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { containerOf } from '../e2e/world.ts'
import type { Lab } from './lab.ts'

/** State by server name. */
export type Servers = Readonly<Record<string, 'ready' | 'drain' | 'maint' | 'down'>>

interface Seen {
  /** ms since the epoch */
  readonly at: number
  readonly backend?: string
  readonly servers?: Servers
  readonly host?: string
}

export interface Observers {
  /** From now on the servers of this backend are watched, and no other's. */
  watch(backend: string): Promise<void>
  /** All states that a node's HAProxy has had of the watched backend's servers, in order. */
  history(node: number): readonly { readonly at: number; readonly servers: Servers }[]
  /** Waits until `holds` is true of every HAProxy; resolves to when that became so, in ms since the epoch. */
  everywhere(what: string, holds: (servers: Servers) => boolean, timeoutMs?: number): Promise<number>
  /** Resolves to when the last HAProxy answered a request for the host with 200. */
  routed(host: string): Promise<number>
  close(): Promise<void>
}

export async function startObservers(lab: Lab): Promise<Observers> {
  const watchers = await Promise.all(lab.world.cluster.nodes.map((_, node) => startWatcher(lab, node)))
  return {
    async watch(backend) {
      for (const watcher of watchers) watcher.tell(`watch ${backend}`)
      await waitFor(
        `the servers of ${backend}`,
        async () => watchers.every(({ seen }) => seen.at(-1)?.backend === backend) || undefined,
        { timeoutMs: 10_000, everyMs: 20 },
      )
    },
    history: (node) =>
      watchers[node]?.seen.flatMap(({ at, servers }) => (servers === undefined ? [] : [{ at, servers }])) ??
      [],
    async everywhere(what, holds, timeoutMs = 60_000) {
      const times = watchers.map((watcher) =>
        waitFor(what, async () => sinceWhen(watcher.seen, holds), { timeoutMs, everyMs: 10 }),
      )
      return Math.max(...(await Promise.all(times)))
    },
    async routed(host) {
      for (const watcher of watchers) watcher.tell(`await ${host}`)
      const times = watchers.map((watcher) =>
        waitFor(`${host} to be routed`, async () => watcher.seen.findLast((each) => each.host === host)?.at, {
          timeoutMs: 30_000,
          everyMs: 10,
        }),
      )
      return Math.max(...(await Promise.all(times)))
    },
    async close() {
      await Promise.all(watchers.map((watcher) => watcher.close()))
    },
  }
}

/** Since when `holds` has been true without a break; undefined if it isn't now. */
export function sinceWhen(seen: readonly Seen[], holds: (servers: Servers) => boolean): number | undefined {
  let since: number | undefined
  for (const { at, servers } of seen) {
    if (servers === undefined) continue
    if (!holds(servers)) since = undefined
    else since ??= at
  }
  return since
}

interface Watcher {
  readonly seen: readonly Seen[]
  tell(command: string): void
  close(): Promise<void>
}

async function startWatcher({ world, images }: Lab, node: number): Promise<Watcher> {
  const container = await containerOf(world, node, 'shoal_haproxy')
  const options = ['--network', `container:${container}`, '--volume', 'shoal_haproxy:/haproxy', '--user', '0']
  const args = ['run', '--rm', '--interactive', ...options, images.app, '/app/bench/observer.ts']
  const child = startDocker(args, { host: world.cluster.node(node).host })
  const seen: Seen[] = []
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk))
  const ended = dockerEnd(child, args, () => complaint)
  createInterface({ input: child.stdout }).on('line', (line) => seen.push(JSON.parse(line)))
  return {
    seen,
    tell: (command) => child.stdin.write(`${command}\n`),
    async close() {
      child.stdin.end()
      await ended
    },
  }
}
