import { inject } from 'vitest'
import { deployStack } from '../../swarm/dev/bring-up.ts'
import { startCluster } from '../../swarm/dev/cluster.ts'
import type { Cluster } from '../../swarm/dev/cluster.ts'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import type { ServiceKey } from '../../src/model/service.ts'
import type { ProxyReport } from '../../src/model/status.ts'
import { ENDPOINT_GRACE } from '../../src/node/view/endpoints.ts'
import { SERVICE_REPORTS } from '../../src/store/reports.ts'

/** The running cluster as a test sees it: what a person would ask docker, Consul and HAProxy. */
export interface World {
  readonly cluster: Cluster
  readonly settings: Readonly<Record<string, string>>
}

/** A server as `show servers state` tells it. */
export interface ServerState {
  readonly name: string
  readonly address: string
  /** HAProxy's weight, 0 to 256. */
  readonly weight: number
  /** Bits of srv_admin_state: 1 is maintenance, 8 is drain. Without 4, which only says that it was in maintenance at HAProxy's start. */
  readonly admin: number
  /** srv_op_state: 0 is down, 2 is up. */
  readonly operational: number
}

/** The cluster that test/e2e/setup.ts brought up. */
export async function world(): Promise<World> {
  const settings = inject('settings')
  const image = settings['SHOAL_NODE_IMAGE'] ?? ''
  return { cluster: await startCluster({ name: inject('cluster'), image }), settings }
}

/** Deploys a stack file with this checkout's images. */
export async function deploy(
  { cluster, settings }: World,
  stack: string,
  file: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<void> {
  await deployStack(cluster, { file, stack, settings: { ...settings, ...extra } })
}

/** Removes a stack and waits until its tasks are gone. */
export async function removeStack({ cluster }: World, stack: string): Promise<void> {
  await cluster.docker(0, ['stack', 'rm', stack])
  // `--detach=false` would wait for the same, but for ever where tasks end one after the other (docker/cli pull request 7304).
  await waitFor(
    `the tasks of stack ${stack} to be gone`,
    async () => {
      const tasks = cluster.docker(0, ['stack', 'ps', '--quiet', stack])
      return await tasks.then(
        () => undefined,
        (error: unknown) => String(error).includes('nothing found in stack') || Promise.reject(error),
      )
    },
    { timeoutMs: 120_000, everyMs: 500 },
  )
}

/** ID of the one running container of a Swarm service on a node. */
export async function containerOf({ cluster }: World, node: number, service: string): Promise<string> {
  return await waitFor(
    `a container of ${service} on node${node + 1}`,
    async () => {
      const filter = `label=com.docker.swarm.service.name=${service}`
      const ids = (await cluster.docker(node, ['ps', '--quiet', '--filter', filter])).split('\n')
      return ids[0] === '' ? undefined : ids[0]
    },
    { timeoutMs: 60_000 },
  )
}

/** IDs of all running containers of a Swarm service on a node. */
export async function containersOf({ cluster }: World, node: number, service: string): Promise<string[]> {
  const filter = `label=com.docker.swarm.service.name=${service}`
  const ids = (await cluster.docker(node, ['ps', '--quiet', '--filter', filter])).trim()
  return ids === '' ? [] : ids.split('\n')
}

/** Addresses of the containers of a Swarm service on a node, in a network. */
export async function addressesOf(
  target: World,
  node: number,
  service: string,
  network = 'shoal_mesh',
): Promise<string[]> {
  const containers = await containersOf(target, node, service)
  if (containers.length === 0) return []
  const format = `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`
  return (await target.cluster.docker(node, ['inspect', '--format', format, ...containers]))
    .trim()
    .split('\n')
}

/** Sorted addresses of a Swarm service's running containers on all nodes. */
export async function allAddressesOf(target: World, service: string, network?: string): Promise<string[]> {
  const byNode = target.cluster.nodes.map((_, node) => addressesOf(target, node, service, network))
  return (await Promise.all(byNode)).flat().toSorted()
}

/** Runs a command in the container of a Swarm service on a node. */
export async function execIn(
  target: World,
  node: number,
  service: string,
  command: readonly string[],
): Promise<string> {
  const container = await containerOf(target, node, service)
  return await target.cluster.docker(node, ['exec', container, ...command])
}

/** GET of Consul's HTTP API at a node's agent. */
export async function consul<T>(target: World, node: number, path: string): Promise<T> {
  const url = `http://127.0.0.1:8500/v1/${path}`
  return JSON.parse(await execIn(target, node, 'shoal_consul-agent', ['curl', '--silent', url]))
}

/** A command on HAProxy's runtime API of a node, through the node agent's container, which has Node and the socket. */
async function haproxy(target: World, node: number, command: string): Promise<string> {
  const script = `const s = require('net').connect('/var/lib/shoal/haproxy/admin.sock');
    s.pipe(process.stdout); s.end(${JSON.stringify(`${command}\n`)})`
  return await execIn(target, node, 'shoal_node', ['node', '--eval', script])
}

/** Servers of a backend as a node's HAProxy has them, by name. */
export async function servers(target: World, node: number, backend: string): Promise<ServerState[]> {
  return readServers(await haproxy(target, node, `show servers state ${backend}`))
}

/** Whether HAProxy sends requests to a server, as far as its weight allows. */
export function isReady({ admin, operational }: ServerState): boolean {
  return !isDraining({ admin }) && (admin & 1) === 0 && operational === 2
}

export function isDraining({ admin }: Pick<ServerState, 'admin'>): boolean {
  return (admin & 8) !== 0
}

/** The same where no container of Shoal runs, by way of the volume that holds HAProxy's socket. */
export async function serversFromVolume(
  { cluster, settings }: World,
  node: number,
  backend: string,
): Promise<ServerState[]> {
  const image = settings['SHOAL_HELLO_IMAGE'] ?? ''
  const mount = ['--volume', 'shoal_haproxy:/haproxy', '--user', '0', '--entrypoint', 'socat']
  const input = `show servers state ${backend}\n`
  const command = [
    'run',
    '--rm',
    '--interactive',
    ...mount,
    image,
    '-t5',
    '-',
    'UNIX-CONNECT:/haproxy/admin.sock',
  ]
  return readServers(await cluster.docker(node, command, { input }))
}

function readServers(answer: string): ServerState[] {
  const [, header, ...lines] = answer.trim().split('\n')
  const columns = (header ?? '').replace('# ', '').split(' ')
  return lines
    .map((line) => line.split(' '))
    .map((cells) => {
      const cell = (column: string): string => cells[columns.indexOf(column)] ?? ''
      return {
        name: cell('srv_name'),
        address: `${cell('srv_addr')}:${cell('srv_port')}`,
        weight: Number(cell('srv_uweight')),
        admin: Number(cell('srv_admin_state')) & ~4,
        operational: Number(cell('srv_op_state')),
      }
    })
    .toSorted((a, b) => a.name.localeCompare(b.name))
}

/** How often HAProxy's master of each node has reloaded. */
export function allReloads(target: World): Promise<number[]> {
  return Promise.all(target.cluster.nodes.map((_, node) => reloads(target, node)))
}

/** How often a node's HAProxy master has reloaded. */
export async function reloads(target: World, node: number): Promise<number> {
  const script = `const s = require('net').connect('/var/lib/shoal/haproxy/master.sock');
    s.pipe(process.stdout); s.end('show proc\\n')`
  // A master that just reloads does not listen for a moment.
  return waitFor(
    `HAProxy's master on node${node + 1}`,
    async () => {
      const answer = await execIn(target, node, 'shoal_node', ['node', '--eval', script])
      return Number(/master\s+(\d+)/.exec(answer)?.[1] ?? Number.NaN)
    },
    { timeoutMs: 10_000, everyMs: 100 },
  )
}

/** Waits until every node's agent says that its HAProxy sends requests to this number of a service's tasks. */
export async function waitUntilServed(target: World, service: ServiceKey, tasks: number): Promise<void> {
  await waitFor(
    `every HAProxy to have ${tasks} tasks of ${service}`,
    async () => {
      const ready = await Promise.all(
        target.cluster.nodes.map(({ name }) => readyServers(target, name, service)),
      )
      if (ready.some((count) => count !== tasks)) throw new Error(`they have ${ready.join(', ')}`)
      return true
    },
    // An endpoint that merely vanished stays for its grace.
    { timeoutMs: ENDPOINT_GRACE + 60_000, everyMs: 500 },
  )
}

async function readyServers(target: World, node: string, service: ServiceKey): Promise<number> {
  const { backends } = await consul<ProxyReport>(
    target,
    0,
    `kv/${SERVICE_REPORTS.key(`${node}/${service}`)}?raw`,
  )
  const reports = Object.values(Object.values(backends)[0] ?? {})
  return reports.filter(({ state }) => state === 'ready').length
}
