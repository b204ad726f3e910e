/**
 * The cluster: a Swarm of three nodes in containers on the engine that DOCKER_HOST (or the default socket) names, with the faults that
 * tests need. `npm start` and the tests use it under different names, side by side. Everything it makes carries the label
 * `shoal.dev/cluster=<name>`, by which a later run finds it again and `stopCluster` removes it. What runs in the Swarm is not its
 * business, nor are images other than the nodes' own. A toy for one machine: its Docker APIs, on 127.0.0.1 alone, have no password.
 */
import { docker } from './docker.ts'
import type { DockerOptions } from './docker.ts'
import { cutNode, healNode } from './cluster/faults.ts'
import { formSwarm, waitUntilReady } from './cluster/form.ts'
import { checkClusterName, clusterFilter, nodeAddress, planNodes } from './cluster/layout.ts'
import { makeNodes } from './cluster/make.ts'
import { ensureNetwork } from './cluster/network.ts'
import { describeNode, nodeLog, waitForEngine } from './cluster/node.ts'
import type { ClusterNode } from './cluster/node.ts'

export type { ClusterNode } from './cluster/node.ts'
export { listMembers } from './cluster/members.ts'

export interface ClusterOptions {
  /** Clusters of different names live side by side. 1 to 40 of a-z, 0-9 and `-`. */
  readonly name: string
  /** Image of the nodes: an engine in a container. It must be on the engine already. */
  readonly image: string
  /** Port on 127.0.0.1 wished for node1's port 80; taken, it is 8080 or the next free one. Without it: any free port. */
  readonly httpPort?: number
  /** Seconds between a node's heartbeats; after three missed ones the Swarm calls it down. Swarm's default is 5. */
  readonly heartbeatSeconds?: number
  /** Gets a line for each step. */
  readonly log?: (line: string) => void
}

/**
 * Starts a cluster and resolves when all its nodes are Ready. One that runs under the same name is found and returned, a
 * half-made, stopped or damaged one is mended. Errors say which node failed and show the end of its log.
 */
export async function startCluster(options: ClusterOptions): Promise<Cluster> {
  const { name, log = () => {} } = options
  checkClusterName(name)
  const plans = planNodes(name)
  const states = await containerStates(name)
  const subnet = await ensureNetwork(name)
  const missing = plans.filter(({ container }) => !states.has(container))
  if (missing.length > 0) {
    const addresses = new Map(plans.map((plan) => [plan.name, nodeAddress(subnet, plan)]))
    await makeNodes(missing, addresses, { ...options, log })
  }
  for (const { name: node, container } of plans) {
    const state = states.get(container)
    if (state === undefined || state === 'running') continue
    log(`${node} was ${state}: starting it`)
    await docker([state === 'paused' ? 'unpause' : 'start', container])
  }
  const nodes = await Promise.all(plans.map(describeNode))
  const cluster = new Cluster(name, nodes)
  await Promise.all(nodes.map(waitForEngine))
  await Promise.all(nodes.map((_, index) => cluster.heal(index)))
  await formSwarm(nodes, { log, heartbeatSeconds: options.heartbeatSeconds })
  return cluster
}

/** Removes a cluster: containers, volumes, network. No harm when there is none. */
export async function stopCluster(name: string): Promise<void> {
  checkClusterName(name)
  const containers = [...(await containerStates(name)).keys()]
  if (containers.length > 0) await docker(['rm', '--force', '--volumes', ...containers])
  for (const kind of ['volume', 'network']) {
    const listed = await docker([kind, 'ls', '--quiet', ...clusterFilter(name)])
    const found = listed.split('\n').filter((line) => line !== '')
    if (found.length > 0) await docker([kind, 'rm', ...found])
  }
}

/** A running cluster. Nodes are counted from 0: `nodes[0]` is `node1`. */
export class Cluster {
  readonly name: string
  readonly nodes: readonly ClusterNode[]

  constructor(name: string, nodes: readonly ClusterNode[]) {
    this.name = name
    this.nodes = nodes
  }

  node(index: number): ClusterNode {
    const node = this.nodes[index]
    if (node === undefined) {
      throw new Error(`no node ${index}: cluster ${this.name} has 0 to ${this.nodes.length - 1}`)
    }
    return node
  }

  /** Runs the docker CLI against a node's engine; resolves to what it prints. */
  docker(index: number, args: string[], options: Omit<DockerOptions, 'host'> = {}): Promise<string> {
    return docker(args, { ...options, host: this.node(index).host })
  }

  /** Waits until the node at `seenBy` lists every node as Ready and in the quorum. */
  ready(seenBy = 0): Promise<void> {
    return waitUntilReady(this.nodes, this.node(seenBy))
  }

  /**
   * Power off, without warning. Of processes that are killed the kernel would still close the connections, so the network goes first:
   * peers learn nothing.
   */
  async kill(index: number): Promise<void> {
    const { container } = this.node(index)
    await docker(['exec', container, 'ip', 'link', 'set', 'eth0', 'down'])
    await docker(['kill', container])
  }

  /** Power on; resolves when the node's engine answers (the Swarm calls it Ready a little later: see `ready`). */
  async start(index: number): Promise<void> {
    await docker(['start', this.node(index).container])
    await waitForEngine(this.node(index))
  }

  /** An orderly reboot: its tasks are told to stop. Resolves as `start` does. */
  async restart(index: number): Promise<void> {
    await docker(['restart', '--time', '60', this.node(index).container], { timeoutMs: 90_000 })
    await waitForEngine(this.node(index))
  }

  /** Freezes the node with all its tasks: connections stay open and nobody answers. */
  async pause(index: number): Promise<void> {
    await docker(['pause', this.node(index).container])
  }

  async unpause(index: number): Promise<void> {
    await docker(['unpause', this.node(index).container])
  }

  /** Cuts the node from its peers, both ways, tasks included; the host still reaches its API and its HTTP port. */
  async cut(index: number): Promise<void> {
    await cutNode(this.node(index), this.#peers(index))
  }

  async heal(index: number): Promise<void> {
    await healNode(this.node(index), this.#peers(index))
  }

  /** The last lines that the node's engine wrote. */
  logs(index: number, lines = 200): Promise<string> {
    return nodeLog(this.node(index).container, lines)
  }

  #peers(index: number): ClusterNode[] {
    return this.nodes.filter((node) => node !== this.node(index))
  }
}

async function containerStates(name: string): Promise<Map<string, string>> {
  const output = await docker(['ps', '--all', '--format', '{{.Names}} {{.State}}', ...clusterFilter(name)])
  const states = new Map<string, string>()
  for (const line of output.split('\n')) {
    const [container, state] = line.split(' ')
    if (container !== undefined && state !== undefined) states.set(container, state)
  }
  return states
}
