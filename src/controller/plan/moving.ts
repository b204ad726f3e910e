import { isTerminal, type ClusterSnapshot, type Instance } from '../../model/cluster.ts'

/**
 * IDs of the services whose tasks are about to change by themselves: those with an update in progress, and those with a
 * task on its way to its desired state. Services removed already are among them until their last task has stopped.
 * Tasks that will not get there on their own don't count: those of a lost node, and those no node has room for.
 */
export function movingWorkloads({ workloads, instances, nodes }: ClusterSnapshot): readonly string[] {
  const alive = new Set(nodes.filter(({ status }) => status === 'ready').map(({ id }) => id))
  const ids = new Set(workloads.filter(({ moving }) => moving).map(({ id }) => id))
  for (const task of instances) {
    const reachable = task.nodeId === '' || alive.has(task.nodeId)
    if (reachable && isOnItsWay(task)) ids.add(task.workloadId)
  }
  return [...ids].sort()
}

function isOnItsWay({ desired, state, nodeId, error }: Instance): boolean {
  // A job: running is what it should do.
  if (desired === 'complete') return !isTerminal(state) && state !== 'running'
  // A task that failed and was replaced ends here, too: once it has stopped it is history.
  if (isTerminal(desired)) return !isTerminal(state)
  const unschedulable = nodeId === '' && error !== ''
  // `ready` is where Swarm keeps the successor of a task until it may start.
  return !unschedulable && (desired !== 'running' || state !== 'running')
}
