import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import {
  addressesFor,
  asNeighbour,
  deployToolbox,
  inClient,
  ipv6AddressesFor,
  onNode,
  serversFor,
  untilResolved,
  untilServedLocally,
} from './toolbox.ts'
import type { Libc } from './toolbox.ts'
import {
  addressesOf,
  allAddressesOf,
  containerOf,
  containersOf,
  deploy,
  execIn,
  removeStack,
  waitUntilServed,
  world,
} from './world.ts'
import type { World } from './world.ts'

const NODES = [0, 1, 2]
const LIBCS: readonly Libc[] = ['glibc', 'musl']
const CLIENTS = LIBCS.flatMap((libc) => NODES.map((node) => ({ libc, node })))
/** The service's own name in Consul, and names at which HAProxy answers for it. */
const TASKS = 'www-hello.service.consul'
const SERVED = ['www.hello', 'storefront']
const CONSUL_NAMES = ['consul-agent', 'tasks.consul-agent', 'consul-server', 'consul.service.consul']

let target: World
/** Addresses of hello's tasks. */
let tasks: readonly string[]

beforeAll(async () => {
  target = await world()
  await Promise.all([deploy(target, 'hello', 'manifests/hello.stack.yml'), deployToolbox(target)])
  await waitUntilServed(target, 'hello/www', 2)
  await waitUntilServed(target, 'hello/storefront', 2)
  tasks = await allAddressesOf(target, 'hello_www')
})

afterAll(async () => {
  await Promise.all(['hello', 'toolbox'].map((stack) => removeStack(target, stack)))
})

function onPort(addresses: readonly string[]): string[] {
  return addresses.map((address) => `${address}:8080`).toSorted()
}

/** Waits until every client gets these addresses for hello's tasks. */
async function untilTasksAre(expected: readonly string[]): Promise<void> {
  for (const client of CLIENTS) await untilResolved(target, client, TASKS, expected)
}

describe.each(CLIENTS)('DNS for $libc on node $node', ({ libc, node }) => {
  it('gives the tasks of a service by its name in Consul, and their ports', async () => {
    expect(tasks).toHaveLength(2)
    await untilResolved(target, { node, libc }, TASKS, tasks)
    expect(await serversFor(target, node, libc, TASKS)).toEqual(onPort(tasks))
  })

  it.each(SERVED)("gives the node's own HAProxy for %s, which answers", async (name) => {
    await untilServedLocally(target, { node, libc }, name)
    const fetch = { glibc: 'curl --silent --show-error', musl: 'wget -q -O -' }[libc]
    expect(await inClient(target, node, libc, `${fetch} http://${name}/`)).toMatch(/^Hello from container/)
  })

  it.each(SERVED)('knows %s, and no IPv6 address for it', async (name) => {
    expect(await ipv6AddressesFor(target, node, libc, name)).toEqual([])
  })

  it("asks the node's own name server for other names", async () => {
    // It is the outer engine's, which alone knows the containers that are nodes.
    const neighbour = target.cluster.node(1)
    expect(await addressesFor(target, node, libc, neighbour.container)).toEqual([neighbour.address])
  })
})

describe('DNS', () => {
  it('leaves out a task that fails its check', async () => {
    const node = (await containersOf(target, 0, 'hello_www')).length > 0 ? 0 : 1
    const container = await containerOf(target, node, 'hello_www')
    const broken = await addressesOf(target, node, 'hello_www')
    await target.cluster.docker(node, ['exec', container, 'pkill', 'php-fpm'])
    const rest = tasks.filter((address) => !broken.includes(address))
    await untilTasksAre(rest)
    expect(await serversFor(target, node, 'glibc', TASKS)).toEqual(onPort(rest))
    await target.cluster.docker(node, ['exec', '--detach', container, 'php-fpm-start'])
    await untilTasksAre(tasks)
  })

  it('answers nobody outside the node', async () => {
    const ask = (server: string) =>
      ['+notcp', '+tcp'].map(
        (way) =>
          `dig ${way} +tries=1 +time=1 @${server} www.hello >/dev/null && echo ${server} ${way} answers &`,
      )
    // Even with a route to the address that CoreDNS has on every node.
    const throughNodes = NODES.map((node) => {
      const { address } = target.cluster.node(node)
      const route = `ip route replace 169.254.20.10/32 via ${address}`
      return [route, ...ask('169.254.20.10'), ...ask(address), 'wait'].join('\n')
    })
    expect(await asNeighbour(target, throughNodes.join('\n'))).toBe('')
    const { address } = target.cluster.node(0)
    expect(await onNode(target, 1, [...ask(address), 'wait'].join('\n'))).toBe('')
  })

  it('loses no query while CoreDNS is updated', async () => {
    const before = await Promise.all(NODES.map((node) => containerOf(target, node, 'shoal_dns')))
    // One try each, and straight to CoreDNS: Docker's resolver would hide a loss by asking again.
    const asking = NODES.map((node) =>
      inClient(
        target,
        node,
        'glibc',
        `rm -f /tmp/stop; asked=0
         while [ ! -e /tmp/stop ]; do
           for name in www.hello ${TASKS}; do
             asked=$((asked + 1))
             answer=$(dig +short +tries=1 +time=2 @169.254.20.10 $name)
             echo "$answer" | grep -q '^[0-9]' || echo "lost $name: $answer"
           done
           sleep 0.1
         done
         echo asked $asked`,
      ),
    )
    await target.cluster.docker(0, ['service', 'update', '--detach', '--force', 'shoal_dns'])
    for (const node of NODES) {
      await waitFor(
        `the old CoreDNS on node${node + 1} to be gone`,
        async () => {
          const running = await containersOf(target, node, 'shoal_dns')
          return running.length === 1 && running[0] !== before[node] ? true : undefined
        },
        { timeoutMs: 60_000, everyMs: 500 },
      )
    }
    await Promise.all(NODES.map((node) => inClient(target, node, 'glibc', 'touch /tmp/stop')))
    for (const answers of await Promise.all(asking)) expect(answers).toMatch(/^asked \d{2,}\n$/)
  })
})

/** What Consul answers at port 8500 of each host to a container of a Swarm service, as `10.0.0.1 200`; 000 without an answer. */
async function consulAnswers(node: number, service: string, hosts: readonly string[]): Promise<string[]> {
  const ask = (host: string) =>
    `curl --silent --output /dev/null --max-time 2 --write-out '${host} %{http_code}\n' http://${host}:8500/v1/status/leader &`
  const script = `${hosts.map(ask).join('\n')}\nwait`
  return (await execIn(target, node, service, ['sh', '-c', script])).trim().split('\n')
}

describe("Consul's HTTP API", () => {
  it('is out of reach from the mesh, by address and by name', async () => {
    const agents = await allAddressesOf(target, 'shoal_consul-agent', 'shoal_control')
    const hosts = [
      ...agents,
      ...(await allAddressesOf(target, 'shoal_consul-agent')),
      ...(await allAddressesOf(target, 'shoal_consul-server', 'shoal_control')),
      ...CONSUL_NAMES,
    ]
    for (const node of NODES) {
      const answers = await consulAnswers(node, 'toolbox_glibc', hosts)
      expect(answers).toHaveLength(hosts.length)
      // Any other answer is not Consul's: gateways to the outside may have one for every address.
      expect(answers.filter((answer) => answer.endsWith(' 200'))).toEqual([])
      const fromControl = await consulAnswers(node, 'shoal_consul-agent', agents)
      expect(fromControl.toSorted()).toEqual(agents.map((address) => `${address} 200`))
    }
  })
})
