import { docker } from '../docker.ts'
import type { ClusterNode } from './node.ts'

/**
 * Cuts a node from its peers in both directions, for itself and its tasks: first and last table a packet meets, so established
 * connections and VXLAN stop as well. Its published ports, and so its Docker API, stay in reach of the host; its address stays.
 */
export async function cutNode(node: ClusterNode, peers: readonly ClusterNode[]): Promise<void> {
  await healNode(node, peers)
  await inNode(
    node,
    `for peer; do
       iptables -w -t raw -I PREROUTING -s "$peer" -j DROP
       iptables -w -t mangle -I POSTROUTING -d "$peer" -j DROP
     done`,
    peers,
  )
}

/** Undoes `cutNode`; no harm when nothing is cut. (A restart of the node undoes it too.) */
export async function healNode(node: ClusterNode, peers: readonly ClusterNode[]): Promise<void> {
  await inNode(
    node,
    `for peer; do
       while iptables -w -t raw -D PREROUTING -s "$peer" -j DROP 2>/dev/null; do :; done
       while iptables -w -t mangle -D POSTROUTING -d "$peer" -j DROP 2>/dev/null; do :; done
     done`,
    peers,
  )
}

async function inNode(node: ClusterNode, script: string, peers: readonly ClusterNode[]): Promise<void> {
  await docker(['exec', node.container, 'sh', '-ec', script, 'faults', ...peers.map((peer) => peer.address)])
}
