/** Names, labels and places of a cluster's parts on the engine: pure, so that a later run finds what an earlier one made. */

/** Label of every container, volume and network of a cluster; its value is the cluster's name. */
export const CLUSTER_LABEL = 'shoal.dev/cluster'

/** Ports inside a node: its Docker API, and HTTP as HAProxy publishes it. */
export const API_PORT = 2375
export const HTTP_PORT = 80

export interface NodePlan {
  /** Host name in the Swarm: `node1`, `node2`, … */
  readonly name: string
  /** Name of its container and of its volume on the engine. */
  readonly container: string
  /** Value of the node label `shoal.zone`. */
  readonly zone: string
  /** Last number of its address in the cluster's network. */
  readonly hostNumber: number
}

const ZONES = ['a', 'a', 'b']

/** The nodes of a cluster, in order. All are managers: three keep their quorum when one is lost. */
export function planNodes(cluster: string): NodePlan[] {
  return ZONES.map((zone, index) => {
    const name = `node${index + 1}`
    return { name, container: `shoal-${cluster}-${name}`, zone, hostNumber: 11 + index }
  })
}

/** The cluster's network on the engine. */
export function networkName(cluster: string): string {
  return `shoal-${cluster}`
}

/** Arguments that select a cluster's containers, volumes or networks in `docker … ls`. */
export function clusterFilter(cluster: string): string[] {
  return ['--filter', `label=${CLUSTER_LABEL}=${cluster}`]
}

/** A node's address in the cluster's network, from that network's subnet such as `172.18.0.0/16`. */
export function nodeAddress(subnet: string, node: NodePlan): string {
  return subnet.replace(/\.\d+\/\d+$/, `.${node.hostNumber}`)
}

/** Throws if a name can't be part of container and network names. */
export function checkClusterName(cluster: string): void {
  if (!/^[a-z0-9][a-z0-9-]{0,39}$/.test(cluster)) {
    throw new Error(`cluster name '${cluster}': use 1 to 40 of a-z, 0-9 and '-', e.g. 'test'`)
  }
}
