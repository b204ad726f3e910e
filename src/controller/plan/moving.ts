import type { ClusterSnapshot } from '../../model/cluster.ts'

/**
 * IDs of the workloads that are about to change by themselves: those with an update in progress,
 * and those with an instance on its way to another phase. Workloads removed already are among them
 * until their last instance has ended. Instances of a node that does not answer don't count: they
 * will not get anywhere.
 */
export function movingWorkloads({ workloads, instances, nodes }: ClusterSnapshot): readonly string[] {
  const alive = new Set(nodes.filter(({ status }) => status === 'ready').map(({ id }) => id))
  const ids = new Set(workloads.filter(({ moving }) => moving).map(({ id }) => id))
  for (const { nodeId, moving, workloadId } of instances) {
    const reachable = nodeId === null || alive.has(nodeId)
    if (reachable && moving) ids.add(workloadId)
  }
  return [...ids].sort()
}
