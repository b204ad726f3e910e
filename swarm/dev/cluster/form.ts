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

/** What a node itself says of the Swarm: `state` is inactive, pending, active, error or locked; `id` its Swarm node ID. */
interface Membership {
  readonly node: ClusterNode
  readonly state: string
  readonly id: string
}

/**
 * Makes the nodes one Swarm of managers with zone labels, from whatever state they are in: new, half joined, or with the quorum lost
 * for good. What is right already is left alone. Resolves when every node is Ready and in the quorum.
 */
export async function formSwarm(nodes: readonly ClusterNode[], options: FormOptions): Promise<void> {
  const memberships = await Promise.all(nodes.map(membershipOf))
  const running = await findManager(memberships)
  const manager = running ?? (await beginSwarm(memberships, options))
  const known = running === undefined ? [] : await listMembers(running)
  const joining = memberships.filter(
    ({ node, state, id }) =>
      node !== manager && (state !== 'active' || !known.some((member) => member.id === id)),
  )
  if (joining.length > 0) {
    options.log(`joining ${joining.map(({ node }) => node.name).join(', ')} to ${manager.name}'s Swarm`)
    for (const each of joining) await joinSwarm(each, manager)
  }
  await waitUntilReady(nodes, manager)
  await labelZones(nodes, manager)
}

/**
 * Waits until a manager lists all these nodes as Ready and in the quorum. Takes up to 40 s after a manager was cut off for more than 10 s:
 * it comes back with a higher term, which makes all of them elect a leader anew.
 */
export async function waitUntilReady(nodes: readonly ClusterNode[], manager: ClusterNode): Promise<void> {
  const allReady = async () => {
    const ready = (await listMembers(manager)).filter((member) => member.ready && member.reachable)
    const missing = nodes.filter(({ name }) => !ready.some((member) => member.hostname === name))
    if (missing.length === 0) return true
    throw new Error(`missing: ${missing.map(({ name }) => name).join(', ')}`)
  }
  await waitFor('all nodes to be Ready in the Swarm', allReady, { timeoutMs: 120_000 })
}

/** A node that sees a leader. Undefined when none is in a Swarm, or the quorum is lost. */
async function findManager(memberships: readonly Membership[]): Promise<ClusterNode | undefined> {
  const candidates = memberships.filter(({ state }) => state !== 'inactive').map(({ node }) => node)
  if (candidates.length === 0) return undefined
  const withLeader = async () => {
    const answers = await Promise.allSettled(candidates.map(listMembers))
    return candidates.find((_, index) => answers[index]?.status === 'fulfilled')
  }
  const manager = await waitFor('a Swarm leader', withLeader, { timeoutMs: ELECTION_MS }).catch(
    () => undefined,
  )
  if (manager === undefined) return undefined
  // A leader that has just lost its majority still answers, for as long as an election takes.
  const managers = (await listMembers(manager)).filter((member) => member.manager)
  const alive = managers.filter(({ id }) =>
    memberships.some((each) => each.id === id && each.state === 'active'),
  )
  return alive.length * 2 > managers.length ? manager : undefined
}

async function beginSwarm(memberships: readonly Membership[], options: FormOptions): Promise<ClusterNode> {
  const survivor = memberships.find(({ state }) => state === 'active')?.node
  const node = survivor ?? memberships[0]?.node
  if (node === undefined) throw new Error('a cluster needs nodes')
  const advertise = ['--advertise-addr', node.address]
  if (survivor === undefined) {
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

async function joinSwarm({ node, state }: Membership, manager: ClusterNode): Promise<void> {
  if (state !== 'inactive') await docker(['swarm', 'leave', '--force'], { host: node.host })
  for (const { id, hostname } of await listMembers(manager)) {
    if (hostname === node.name) await removeMember(id, manager)
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

/**
 * Removes what is left of a node that came back as a new one. A manager must be demoted first, which takes a moment, unless a lost
 * quorum has taken it out of the managers already: then it can't be.
 */
async function removeMember(id: string, manager: ClusterNode): Promise<void> {
  const remove = async () => {
    await docker(['node', 'demote', id], { host: manager.host }).catch(() => {})
    await docker(['node', 'rm', '--force', id], { host: manager.host })
    return true
  }
  await waitFor(`the Swarm to forget node ${id}`, remove, { timeoutMs: 30_000 })
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

async function membershipOf(node: ClusterNode): Promise<Membership> {
  const format = '{{.Swarm.LocalNodeState}} {{.Swarm.NodeID}}'
  const output = await docker(['info', '--format', format], { host: node.host })
  const [state = '', id = ''] = output.trim().split(' ')
  return { node, state, id }
}
