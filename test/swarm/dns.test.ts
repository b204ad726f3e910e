import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../swarm/cluster/wait.ts'
import { addressesFor, asNeighbour, deployToolbox, inClient, onNode, serversFor } from './toolbox.ts'
import type { Libc } from './toolbox.ts'
import {
  addressesOf,
  containerOf,
  containersOf,
  deploy,
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
const SERVED = ['www.hello', 'storefront.hello', 'storefront']

let target: World
/** Addresses of hello's tasks. */
let tasks: readonly string[]

beforeAll(async () => {
  target = await world()
  await Promise.all([deploy(target, 'hello', 'manifests/hello.stack.yml'), deployToolbox(target)])
  await waitUntilServed(target, 'hello/www', 2)
  await waitUntilServed(target, 'hello/storefront', 2)
  tasks = await allAddresses('hello_www')
})

afterAll(async () => {
  await Promise.all(['hello', 'toolbox'].map((stack) => removeStack(target, stack)))
})

async function allAddresses(service: string, network?: string): Promise<string[]> {
  const byNode = await Promise.all(NODES.map((node) => addressesOf(target, node, service, network)))
  return byNode.flat().toSorted()
}

/** Waits until every client gets these addresses for hello's tasks. */
async function untilTasksAre(expected: readonly string[]): Promise<void> {
  for (const { libc, node } of CLIENTS)
    await waitFor(
      `${expected.join(', ')} at ${libc} on node${node + 1}`,
      async () => {
        const found = await addressesFor(target, node, libc, TASKS)
        if (found.join() !== expected.join()) throw new Error(`it has ${found.join(', ')}`)
        return true
      },
      { timeoutMs: 30_000 },
    )
}

describe.each(CLIENTS)('DNS for $libc on node $node', ({ libc, node }) => {
  it('gives the tasks of a service by its name in Consul, and their ports', async () => {
    expect(tasks).toHaveLength(2)
    expect(await addressesFor(target, node, libc, TASKS)).toEqual(tasks)
    expect(await serversFor(target, node, libc, TASKS)).toEqual(tasks.map((address) => `${address}:8080`))
  })

  it.each(SERVED)("gives the node's own HAProxy for %s, which answers", async (name) => {
    expect(await addressesFor(target, node, libc, name)).toEqual(
      await addressesOf(target, node, 'shoal_haproxy'),
    )
    const fetch = { glibc: 'curl --silent --show-error', musl: 'wget -q -O -' }[libc]
    expect(await inClient(target, node, libc, `${fetch} http://${name}/`)).toMatch(/^Hello from container/)
  })

  it.each(SERVED)('has no IPv6 address for %s, yet knows it', async (name) => {
    const ask = {
      glibc: `dig +noall +comments +answer AAAA ${name}`,
      musl: `nslookup -type=aaaa ${name}`,
    }[libc]
    const answer = await inClient(target, node, libc, ask)
    expect(answer).not.toMatch(/NXDOMAIN|SERVFAIL|^Name:/m)
    if (libc === 'glibc') expect(answer).toMatch(/status: NOERROR[^]*ANSWER: 0/)
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
    await untilTasksAre(tasks.filter((address) => !broken.includes(address)))
    await target.cluster.docker(node, ['exec', '--detach', container, 'php-fpm-start'])
    await untilTasksAre(tasks)
  })

  it('answers nobody outside the node', async () => {
    const dig = (server: string, ...options: string[]) =>
      `dig ${options.join(' ')} +tries=1 +time=1 @${server} www.hello A >>/tmp/out && echo answered by ${server}`
    const scripts = NODES.map((node) => {
      const { address } = target.cluster.node(node)
      const via = `ip route replace 169.254.20.10/32 via ${address}`
      return [
        via,
        dig('169.254.20.10'),
        dig('169.254.20.10', '+tcp'),
        dig(address),
        dig(address, '+tcp'),
      ].join('\n')
    })
    expect(await asNeighbour(target, `${scripts.join('\n')}\nexit 0`)).toBe('')
    const { address } = target.cluster.node(0)
    expect(await onNode(target, 1, [dig(address), dig(address, '+tcp'), 'exit 0'].join('\n'))).toBe('')
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
    await target.cluster.docker(0, ['service', 'update', '--quiet', '--force', 'shoal_dns'], {
      timeoutMs: 150_000,
    })
    await Promise.all(NODES.map((node) => inClient(target, node, 'glibc', 'touch /tmp/stop')))
    for (const answers of await Promise.all(asking)) expect(answers).toMatch(/^asked \d{2,}\n$/)
    const after = await Promise.all(NODES.map((node) => containerOf(target, node, 'shoal_dns')))
    expect(after.filter((container) => before.includes(container))).toEqual([])
  })
})

describe("Consul's HTTP API", () => {
  it('is out of reach from the mesh, by address and by name', async () => {
    const control = await allAddresses('shoal_consul-agent', 'shoal_control')
    const addresses = [
      ...control,
      ...(await allAddresses('shoal_consul-server', 'shoal_control')),
      ...(await allAddresses('shoal_consul-agent')),
    ]
    const names = ['consul-agent', 'tasks.consul-agent', 'consul-server', 'consul.service.consul']
    expect(addresses).toHaveLength(7)
    for (const node of NODES) {
      const status = (host: string) =>
        `curl --silent --max-time 2 --write-out '${host} answered %{http_code}\\n' http://${host}:8500/v1/status/leader &`
      const script = [...addresses, ...names].map(status).join('\n')
      const answers = (await inClient(target, node, 'glibc', `${script}\nwait`)).trim().split('\n')
      expect(answers).toHaveLength(addresses.length + names.length)
      expect(answers.filter((answer) => !answer.endsWith(' answered 000'))).toEqual([])
    }
  })
})
