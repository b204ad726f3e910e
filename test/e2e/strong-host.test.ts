/**
 * Containers of the mesh do not reach Consul, whatever they try and are allowed. That attacks work
 * is seen with a Consul beside it that takes no care.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { docker } from '../../swarm/dev/docker.ts'
import { askFrom, attack, networksOf, onBridge, victimOf } from './attacks.ts'
import type { Victim } from './attacks.ts'
import { containerOf, containersOf, execIn, world } from './world.ts'
import type { World } from './world.ts'

const SCRIPT = readFileSync(new URL('../../swarm/strong-host.sh', import.meta.url), 'utf8')
const STACK = readFileSync(new URL('../../swarm/stack.yml', import.meta.url), 'utf8')
const BRIDGE_FILTER = '/proc/sys/net/bridge/bridge-nf-call-iptables'
const SERVICES = ['shoal_consul-agent', 'shoal_consul-server']

const DNS = ['tcp/8600', 'udp/8600']
/** Ports whose protocol the attacker speaks. */
const ASKED = ['tcp/8300', 'tcp/8301', 'tcp/8302', 'tcp/8500', 'udp/8301', 'udp/8302', ...DNS]
const FRAMES = ['frame-on-mesh-from-mesh', 'frame-on-bridge-from-bridge']
const ROUTED = ['link', 'consul'].flatMap((through) => [
  `${through}-on-mesh-from-mesh`,
  `${through}-on-bridge-from-bridge`,
])

const NEIGHBOUR = 'shoal-careless-neighbour'
/** The careless Consul, and its address on a network that nobody else is on. */
const CARELESS = 'shoal-careless-consul'
const CARELESS_ADDRESS = '198.18.0.1'

let target: World
/** The node of Consul's server, from which all attacks come. */
let node: number
let bridgeFilter: string
let agent: Victim
let server: Victim
let careless: Victim

beforeAll(async () => {
  target = await world()
  const servers = await Promise.all(
    [0, 1, 2].map((each) => containersOf(target, each, 'shoal_consul-server')),
  )
  node = servers.findIndex((containers) => containers.length > 0)
  // With br_netfilter Docker keeps containers apart on their bridge, but not every node has it.
  bridgeFilter = await onNodeItself(`cat ${BRIDGE_FILTER}; echo 0 >${BRIDGE_FILTER}`)
  agent = await victimOf(target, node, 'shoal_consul-agent', { near: true })
  server = await victimOf(target, node, 'shoal_consul-server', { near: true })
  careless = await startCareless()
})

afterAll(async () => {
  await onNodeItself(`echo ${bridgeFilter.trim()} >${BRIDGE_FILTER}`)
  await target.cluster.docker(node, ['rm', '--force', '--volumes', CARELESS, NEIGHBOUR])
})

function onNodeItself(script: string): Promise<string> {
  return docker(['exec', target.cluster.node(node).container, 'sh', '-euc', script])
}

/** A Consul that listens as Shoal's do, in a container of the mesh, for anybody who finds a way. */
async function startCareless(): Promise<Victim> {
  const image = target.settings['SHOAL_CONSUL_IMAGE'] ?? ''
  const script = `
    ip addr add ${CARELESS_ADDRESS}/32 dev lo
    outside=$(ip -4 route | sed -n 's/^default .* dev \\([^ ]*\\).*/\\1/p')
    bridge=$(ip -o -4 addr show "$outside" | sed 's/.* inet \\([^/]*\\).*/\\1/')
    exec consul agent -dev -node=careless -bind=${CARELESS_ADDRESS} -client=${CARELESS_ADDRESS} \\
      -hcl="addresses { dns = \\"${CARELESS_ADDRESS} $bridge\\" }"`
  const run = ['run', '--detach', '--name', CARELESS, '--network', 'shoal_mesh', '--cap-add', 'NET_ADMIN']
  const id = await target.cluster.docker(node, [...run, '--entrypoint', 'sh', image, '-euc', script])
  const container = id.trim()
  const ask = ['exec', container, 'curl', '-sf', `http://${CARELESS_ADDRESS}:8500/v1/status/leader`]
  await waitFor(
    'the careless Consul to lead itself',
    async () => (await target.cluster.docker(node, ask)).includes(':8300') || undefined,
    { timeoutMs: 60_000 },
  )
  const { shoal_mesh } = await networksOf(target, node, container)
  const bridge = await onBridge(target, node, container)
  return { node, container, control: CARELESS_ADDRESS, ...(shoal_mesh && { mesh: shoal_mesh }), bridge }
}

/** A container that forwards to the careless Consul; resolves to its address on the bridge. */
async function startNeighbour({ bridge }: Victim): Promise<string> {
  const image = target.settings['SHOAL_TOOLBOX_GLIBC_IMAGE'] ?? ''
  const script = `ip route add ${CARELESS_ADDRESS} via ${bridge?.address}; exec sleep infinity`
  const run = ['run', '--detach', '--init', '--name', NEIGHBOUR, '--network', 'shoal_mesh']
  const command = ['--cap-add', 'NET_ADMIN', image, 'sh', '-euc', script]
  const id = await target.cluster.docker(node, [...run, ...command])
  return (await onBridge(target, node, id.trim())).address
}

/** Where Shoal's programs, which are on Consul's network, are on the bridge. */
async function programs(): Promise<string[]> {
  const containers = ['shoal_node', 'shoal_controller'].map((name) => containerOf(target, node, name))
  const places = (await Promise.all(containers)).map((container) => onBridge(target, node, container))
  return (await Promise.all(places)).map(({ address }) => address)
}

describe('a container of the mesh', () => {
  it('reaches a careless Consul in many ways', async () => {
    const answers = await attack(target, node, careless, [await startNeighbour(careless)])
    const expected = [
      ...named('control', ['tied-on-mesh-from-mesh', ...ROUTED, 'neighbour-on-bridge-from-bridge'], ASKED),
      ...named('control', FRAMES, [...ASKED, 'tcp/8502', 'tcp/8503']),
      ...named('bridge', ['plain', 'tied-on-mesh-from-mesh', 'tied-on-bridge-from-bridge'], DNS),
      ...named('bridge', ['link-on-mesh-from-mesh', 'consul-on-mesh-from-mesh', ...FRAMES], DNS),
    ]
    expect(answers).toEqual(expect.arrayContaining(expected))
  })

  it.concurrent("gets no answer from its node's agent", async () => {
    expect(await attack(target, node, agent, await programs())).toEqual([])
  })

  it.concurrent("gets no answer from another node's agent", async () => {
    const other = await victimOf(target, (node + 1) % 3, 'shoal_consul-agent', { near: false })
    expect(await attack(target, node, other, await programs())).toEqual([])
  })

  it.concurrent('gets no answer from the server', async () => {
    expect(await attack(target, node, server, await programs())).toEqual([])
  })
})

describe('Consul', () => {
  it('answers who is on its network, and DNS to the node itself', async () => {
    const network = ['--network', `container:${await containerOf(target, node, 'shoal_node')}`]
    const ask = (options: readonly string[], address?: string) =>
      askFrom(target, node, options, address ?? '')
    expect(await ask(network, agent.control)).toEqual(['tcp/8301', 'tcp/8500', 'udp/8301'])
    const gossip = ['tcp/8301', 'tcp/8302', 'udp/8301', 'udp/8302']
    expect(await ask(network, server.control)).toEqual(['tcp/8300', ...gossip])
    expect(await ask(['--network', 'host'], agent.bridge?.address)).toEqual(DNS)
  })

  it.each(SERVICES)('runs in %s without a right, and can get none', async (service) => {
    const script = 'grep -lx consul /proc/[0-9]*/comm | sed s/comm/status/ | xargs cat'
    const status = await execIn(target, node, service, ['sh', '-c', script])
    for (const line of ['CapPrm:\t0000000000000000', 'CapEff:\t0000000000000000', 'NoNewPrivs:\t1']) {
      expect(status).toContain(`\n${line}\n`)
    }
    expect(status).toMatch(/\nUid:\t[1-9]/)
  })

  it.each(SERVICES)('listens on no IPv6 address in %s', async (service) => {
    const files = ['/proc/net/tcp6', '/proc/net/udp6']
    expect(await execIn(target, node, service, ['tail', '-qn', '+2', ...files])).toBe('')
  })

  it('does not start where the rules are refused', async () => {
    const image = target.settings['SHOAL_CONSUL_IMAGE'] ?? ''
    const run = ['run', '--rm', '--network', 'shoal_mesh', '--cap-drop', 'ALL', '--entrypoint', 'sh', image]
    const start = target.cluster.docker(node, [...run, '-c', SCRIPT, 'strong-host', 'echo', 'started'])
    await expect(start).rejects.toThrow(/not permitted/)
  })

  it('gets a script whose name changes with it', () => {
    const hash = createHash('sha256').update(SCRIPT).digest('hex').slice(0, 8)
    expect(STACK).toContain(`name: shoal-strong-host-${hash}\n`)
  })
})

/** What the attacks of these names get from these ports. */
function named(to: string, attacks: readonly string[], ports: readonly string[]): string[] {
  return attacks.flatMap((name) => ports.map((port) => `${to}-${name} ${port}`))
}
