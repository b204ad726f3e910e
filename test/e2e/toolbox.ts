import { networkName } from '../../swarm/dev/cluster/layout.ts'
import { docker } from '../../swarm/dev/docker.ts'
import { waitUntilRunning } from '../../swarm/dev/bring-up.ts'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { addressesOf, deploy, execIn } from './world.ts'
import type { World } from './world.ts'

/** What a client's resolver is made of: they behave differently. */
export type Libc = 'glibc' | 'musl'

export interface Client {
  /** Counted from 0. */
  readonly node: number
  readonly libc: Libc
}

/** Deploys the stack `toolbox`: both kinds of client on every node, on the mesh, with Shoal's DNS. */
export async function deployToolbox(target: World): Promise<void> {
  await deploy(target, 'toolbox', 'test/e2e/stacks/toolbox.stack.yml')
  await waitUntilRunning(target.cluster, 'toolbox', { timeoutMs: 60_000 })
}

/** Runs a shell script in a client on a node. */
export async function inClient(target: World, node: number, libc: Libc, script: string): Promise<string> {
  return await execIn(target, node, `toolbox_${libc}`, ['sh', '-c', script])
}

/** Runs a shell script beside the tasks of a node, in its own network. */
export async function onNode({ cluster, settings }: World, node: number, script: string): Promise<string> {
  const image = settings['SHOAL_TOOLBOX_GLIBC_IMAGE'] ?? ''
  return await cluster.docker(node, ['run', '--rm', '--network', 'host', image, 'sh', '-c', script])
}

/** Runs a shell script as a neighbour of the nodes, which may set routes. */
export async function asNeighbour({ cluster, settings }: World, script: string): Promise<string> {
  const image = settings['SHOAL_TOOLBOX_GLIBC_IMAGE'] ?? ''
  const network = ['--network', networkName(cluster.name), '--cap-add', 'NET_ADMIN']
  return await docker(['run', '--rm', ...network, image, 'sh', '-c', script])
}

/** IPv4 addresses that a client on a node gets for a name, sorted; none if there is no such name. */
export async function addressesFor(target: World, node: number, libc: Libc, name: string): Promise<string[]> {
  const script = { glibc: `dig +short A ${name}`, musl: `nslookup -type=a ${name} || true` }[libc]
  const pattern = { glibc: /^(\d+\.\d+\.\d+\.\d+)$/gm, musl: /^Name:.*\nAddress: (\S+)$/gm }[libc]
  const answer = await inClient(target, node, libc, script)
  return [...answer.matchAll(pattern)].map(([, address = '']) => address).toSorted()
}

/** The same for IPv6. Rejects if there is no such name. */
export async function ipv6AddressesFor(
  target: World,
  node: number,
  libc: Libc,
  name: string,
): Promise<string[]> {
  const dig = `answer=$(dig AAAA ${name}); echo "$answer"; echo "$answer" | grep -q 'status: NOERROR'`
  const script = { glibc: dig, musl: `nslookup -type=aaaa ${name}` }[libc]
  const pattern = { glibc: /\tAAAA[ \t]+(\S+)$/gm, musl: /^Name:.*\nAddress: (\S+)$/gm }[libc]
  const answer = await inClient(target, node, libc, script)
  return [...answer.matchAll(pattern)].map(([, address = '']) => address).toSorted()
}

/** Addresses with ports that a client gets for a name's SRV records, sorted, as `10.0.0.1:80`. */
export async function serversFor(target: World, node: number, libc: Libc, name: string): Promise<string[]> {
  const script = { glibc: `dig +short SRV ${name}`, musl: `nslookup -type=srv ${name}` }[libc]
  const answer = await inClient(target, node, libc, script)
  const records = [...answer.matchAll(/(?:^|service = )\d+ \d+ (\d+) (\S+?)\.?$/gm)]
  const servers = records.map(async ([, port, host = '']) => {
    const addresses = await addressesFor(target, node, libc, host)
    return `${addresses.join(',')}:${port}`
  })
  return (await Promise.all(servers)).toSorted()
}

/** Waits until a client gets just these addresses, which are sorted, for a name. */
export async function untilResolved(
  target: World,
  { node, libc }: Client,
  name: string,
  expected: readonly string[],
): Promise<void> {
  await waitFor(
    `${expected.join(', ')} for ${name} at ${libc} on node${node + 1}`,
    async () => {
      const found = await addressesFor(target, node, libc, name)
      if (found.join() !== expected.join()) throw new Error(`it has ${found.join(', ')}`)
      return true
    },
    { timeoutMs: 30_000 },
  )
}

/** Waits until a client gets its own node's HAProxy for a name: another node's, while Consul does not call the own one healthy. */
export async function untilServedLocally(target: World, client: Client, name: string): Promise<void> {
  const own = await addressesOf(target, client.node, 'shoal_haproxy')
  await untilResolved(target, client, name, own)
}
