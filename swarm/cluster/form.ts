import { docker } from '../docker.ts'
import { listMembers } from './members.ts'
import type { ClusterNode } from './node.ts'
import { waitFor } from './wait.ts'

export interface FormOptions {
  readonly log: (line: string) => void
  /** Seconds between a node's heartbeats; after three missed ones it is down. Swarm's own default is 5. */
  readonly heartbeatSeconds?: number | undefined
}

/** Overlay networks that name no subnet of their own get one of this range. */
const OVERLAY_POOL = '10.240.0.0/16'

/** Longest time in which managers that came back together elect a leader, in ms: up to two elections of 10 to 20 s. */
const ELECTION_MS = 40_000

/**
 * Makes the nodes one Swarm of managers with zone labels, from whatever state they are in: new, half joined, or with the quorum lost
 * for good. What is right already is left alone. Resolves when every node is Ready and in the quorum.
 */
export async function formSwarm(nodes: readonly ClusterNode[], options: FormOptions): Promise<void> {
  const running = await findManager(nodes)
  const manager = running ?? (await beginSwarm(nodes, options))
  const members = await listMembers(manager)
  const outside = await Promise.all(
    nodes.map(async (node) => {
      if (node === manager) return false
      const { id, state } = await membership(node)
      return running === undefined || state !== 'active' || !members.some((member) => member.id === id)
    }),
  )
  const joining = nodes.filter((_, index) => outside[index])
  if (joining.length > 0) {
    options.log(`${joining.map((node) => node.name).join(', ')} join ${manager.name}'s Swarm`)
    for (const node of joining) await joinSwarm(node, manager)
  }
  await waitUntilReady(nodes, manager)
  await labelZones(nodes, manager)
}

/** Waits until a manager lists all these nodes as Ready and in the quorum. */
export async function waitUntilReady(nodes: readonly ClusterNode[], manager: ClusterNode): Promise<void> {
  const allReady = async () => {
    const ready = (await listMembers(manager)).filter((member) => member.ready && member.reachable)
    const missing = nodes.filter(({ name }) => !ready.some((member) => member.hostname === name))
    if (missing.length === 0) return true
    throw new Error(`missing: ${missing.map(({ name }) => name).join(', ')}`)
  }
  await waitFor('all nodes to be Ready in the Swarm', allReady, { timeoutMs: 60_000 })
}

/** A node that sees a leader. Undefined when none is in a Swarm, or the quorum is lost. */
async function findManager(nodes: readonly ClusterNode[]): Promise<ClusterNode | undefined> {
  const states = await Promise.all(nodes.map(membership))
  const candidates = nodes.filter((_, index) => states[index]?.state !== 'inactive')
  if (candidates.length === 0) return undefined
  const withLeader = async () => {
    const answers = await Promise.allSettled(candidates.map(listMembers))
    return candidates.find((_, index) => answers[index]?.status === 'fulfilled')
  }
  return waitFor('a Swarm leader', withLeader, { timeoutMs: ELECTION_MS }).catch(() => undefined)
}

async function beginSwarm(nodes: readonly ClusterNode[], options: FormOptions): Promise<ClusterNode> {
  const states = await Promise.all(nodes.map(membership))
  const lost = nodes.find((_, index) => states[index]?.state === 'active')
  const node = lost ?? nodes[0]
  if (node === undefined) throw new Error('a cluster needs nodes')
  const advertise = ['--advertise-addr', node.address]
  if (lost === undefined) {
    await docker(['swarm', 'init', ...advertise, '--default-addr-pool', OVERLAY_POOL], { host: node.host })
  } else {
    options.log(`the Swarm has lost its quorum: ${node.name} carries it on with what it knows`)
    await docker(['swarm', 'init', '--force-new-cluster', ...advertise], { host: node.host })
  }
  if (options.heartbeatSeconds !== undefined) {
    const heartbeat = `${options.heartbeatSeconds}s`
    await docker(['swarm', 'update', '--dispatcher-heartbeat', heartbeat], { host: node.host })
  }
  return node
}

async function joinSwarm(node: ClusterNode, manager: ClusterNode): Promise<void> {
  const { state } = await membership(node)
  if (state !== 'inactive') await docker(['swarm', 'leave', '--force'], { host: node.host })
  for (const { id, hostname } of await listMembers(manager)) {
    if (hostname !== node.name) continue
    await docker(['node', 'demote', id], { host: manager.host })
    await docker(['node', 'rm', '--force', id], { host: manager.host })
  }
  const token = (await docker(['swarm', 'join-token', '--quiet', 'manager'], { host: manager.host })).trim()
  const join = [
    'swarm',
    'join',
    '--token',
    token,
    '--advertise-addr',
    node.address,
    `${manager.address}:2377`,
  ]
  await docker(join, { host: node.host })
}

async function labelZones(nodes: readonly ClusterNode[], manager: ClusterNode): Promise<void> {
  const format = '{{.Description.Hostname}} {{index .Spec.Labels "shoal.zone"}}'
  const inspect = ['node', 'inspect', '--format', format, ...nodes.map((node) => node.name)]
  const labelled = (await docker(inspect, { host: manager.host })).split('\n')
  for (const { name, zone } of nodes) {
    if (labelled.includes(`${name} ${zone}`)) continue
    await docker(['node', 'update', '--label-add', `shoal.zone=${zone}`, name], { host: manager.host })
  }
}

async function membership(node: ClusterNode): Promise<{ state: string; id: string }> {
  const format = '{{.Swarm.LocalNodeState}} {{.Swarm.NodeID}}'
  const [state = '', id = ''] = (await docker(['info', '--format', format], { host: node.host }))
    .trim()
    .split(' ')
  return { state, id }
}
