import { docker } from '../docker.ts'
import { CLUSTER_LABEL, clusterFilter, networkName } from './layout.ts'

/**
 * The cluster's own bridge network, made if it isn't there; returns its subnet. Swarm knows managers by address, so nodes need
 * fixed ones, which Docker allows only in a subnet that was asked for: let Docker choose one that is free, then ask for it.
 */
export async function ensureNetwork(cluster: string): Promise<string> {
  const network = networkName(cluster)
  const found = await docker(['network', 'ls', '--quiet', ...clusterFilter(cluster)])
  if (found.trim() !== '') return subnetOf(network)
  const create = ['network', 'create', '--label', `${CLUSTER_LABEL}=${cluster}`]
  await docker([...create, network])
  const subnet = await subnetOf(network)
  await docker(['network', 'rm', network])
  // 1500 whatever the engine's default: overlay packets (1450) and their VXLAN header must fit.
  await docker([...create, '--subnet', subnet, '--opt', 'com.docker.network.driver.mtu=1500', network])
  return subnet
}

async function subnetOf(network: string): Promise<string> {
  const format = '{{range .IPAM.Config}}{{.Subnet}} {{end}}'
  const subnets = (await docker(['network', 'inspect', '--format', format, network])).trim().split(' ')
  const subnet = subnets.find((each) => each.includes('.'))
  if (subnet === undefined) throw new Error(`network ${network} has no IPv4 subnet: remove it with npm stop`)
  return subnet
}
