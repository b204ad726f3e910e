import { isTerminal } from '../model/swarm.ts'
import type { SwarmSnapshot, SwarmTask } from '../model/swarm.ts'

/** Whether the engine that was asked is the Swarm's leader: there is exactly one, chosen by Swarm's own Raft. */
export function leads(snapshot: SwarmSnapshot): boolean {
  return snapshot.nodes.some(({ id, leader }) => leader && id === snapshot.self)
}

/**
 * IDs of the services in which something is on its way: an update, or a task that is not yet as it should be. Tasks
 * that will not get there on their own don't count: those of a lost node, and those that no node has room for.
 */
export function movingServices(snapshot: SwarmSnapshot): Set<string> {
  const alive = new Set(snapshot.nodes.filter(({ status }) => status === 'ready').map(({ id }) => id))
  const reachable = ({ nodeId }: SwarmTask) => nodeId === '' || alive.has(nodeId)
  const moving = snapshot.tasks.filter((task) => isMoving(task) && reachable(task))
  const updating = snapshot.services.filter((service) => service.updating)
  return new Set([...moving.map(({ serviceId }) => serviceId), ...updating.map(({ id }) => id)])
}

function isMoving({ desired, state, nodeId, error }: SwarmTask): boolean {
  if (isTerminal(state)) return false
  // A job: running is what it should do.
  if (desired === 'complete') return state !== 'running'
  if (isTerminal(desired)) return true
  const unschedulable = nodeId === '' && error !== ''
  // `ready` is where Swarm keeps the successor of a task until it may start.
  return !unschedulable && (desired !== 'running' || state !== 'running')
}
