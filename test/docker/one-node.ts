import { nodeAddress, planNodes } from '../../swarm/dev/cluster/layout.ts'
import { makeNodes } from '../../swarm/dev/cluster/make.ts'
import { ensureNetwork } from '../../swarm/dev/cluster/network.ts'
import { describeNode, type ClusterNode } from '../../swarm/dev/cluster/node.ts'
import { docker } from '../../swarm/dev/docker.ts'

/** Makes an image of `sleep` alone from what the node has itself: nothing can be pulled. */
const SLEEP_IMAGE = `tar -chf - /bin/sleep $(ldd /bin/sleep | grep -o '/[^ ]*') 2>/dev/null | docker import - sleep`

/** A Swarm of one node, the first of a cluster's three, with an image `sleep`; `stopCluster(name)` removes it. */
export async function startOneNode(name: string): Promise<ClusterNode> {
  const plan = planNodes(name)[0]
  if (plan === undefined) throw new Error('a cluster has nodes')
  const address = nodeAddress(await ensureNetwork(name), plan)
  await makeNodes([plan], new Map([[plan.name, address]]), { name, image: 'shoal-node:dev', log: () => {} })
  const node = await describeNode(plan)
  await docker(['swarm', 'init', '--advertise-addr', node.address], { host: node.host })
  await docker(['exec', node.container, 'sh', '-c', SLEEP_IMAGE])
  return node
}
