import { Resolver } from 'node:dns/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { writeDns, type DnsState } from '../../src/dns/disk.ts'
import { askByTcp, askByUdp } from './query.ts'

const IMAGE = process.env['SHOAL_DNS_IMAGE'] ?? 'shoal-dns:dev'
const CONSUL = 'hashicorp/consul:1.22'

let directory: string
let container: Docker.Container
let resolver: Resolver
/** This machine on the bridge network, from which the tests ask. */
let gateway: string
/** Instances of the Consul service `many`; `www-hello` has one. */
const MANY = 60
let consul: Docker.Container
/** On the bridge network. */
let consulAddress: string
let dnsAddress: string

function write(state: Partial<DnsState>): Promise<readonly string[]> {
  const subnet = `${gateway}/32`
  const known = { names: { www: '10.0.0.2' }, subnet, consul: `${consulAddress}:8600` }
  return writeDns(directory, { ...known, address: '0.0.0.0', ...state })
}

const within5s = (assertion: () => Promise<void>): Promise<void> =>
  vi.waitFor(assertion, { timeout: 5000, interval: 50 })

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shoal-dns-'))
  container = await started(IMAGE, [
    'sh',
    '-c',
    `until [ -e ${directory}/Corefile ]; do sleep 0.05; done; exec coredns -conf ${directory}/Corefile`,
  ])
  // Consul's DNS as in swarm/stack.yml.
  const settings = 'dns_config { only_passing = true, enable_truncate = true }'
  consul = await started(CONSUL, ['consul', 'agent', '-dev', '-client=0.0.0.0', `-hcl=${settings}`])
  const bridge = await onBridge(container)
  gateway = bridge.Gateway
  dnsAddress = bridge.IPAddress
  consulAddress = (await onBridge(consul)).IPAddress
  await register('www-hello', 0)
  for (let number = 1; number <= MANY; number++) await register('many', number)
  resolver = new Resolver({ timeout: 500, tries: 1 })
  resolver.setServers([dnsAddress])
  await write({})
  await within5s(async () => {
    await resolver.resolve4('www')
  })
})

async function started(image: string, entrypoint: string[]): Promise<Docker.Container> {
  const created = await new Docker().createContainer({
    Image: image,
    Labels: { 'shoal.dev/test': 'dns' },
    Entrypoint: entrypoint,
    Cmd: [],
    HostConfig: { Binds: [`${directory}:${directory}`] },
  })
  await created.start()
  return created
}

async function onBridge(of: Docker.Container): Promise<{ Gateway: string; IPAddress: string }> {
  const bridge = (await of.inspect()).NetworkSettings.Networks['bridge']
  if (bridge === undefined) throw new Error('the container is not on the bridge network')
  return bridge
}

/** Registers an instance at Consul, which may not listen yet. */
async function register(name: string, number: number): Promise<void> {
  const body = JSON.stringify({ ID: `${name}-${number}`, Name: name, Address: `10.9.8.${number}`, Port: 80 })
  const url = `http://${consulAddress}:8500/v1/agent/service/register`
  await vi.waitFor(
    async () => {
      const { ok, status } = await fetch(url, { method: 'PUT', body })
      if (!ok) throw new Error(`Consul answers ${status}`)
    },
    { timeout: 20_000, interval: 200 },
  )
}

afterAll(async () => {
  await Promise.all([container, consul].map((each) => each.remove({ force: true, v: true })))
  await rm(directory, { recursive: true, force: true })
})

it('answers a name of the hosts file, to be asked again in a second', async () => {
  expect(await resolver.resolve4('www', { ttl: true })).toEqual([{ address: '10.0.0.2', ttl: 1 }])
})

it('says of such a name that it has no other records, not that there is no such name', async () => {
  await expect(resolver.resolve6('www')).rejects.toMatchObject({ code: 'ENODATA' })
  await expect(resolver.resolveMx('www')).rejects.toMatchObject({ code: 'ENODATA' })
})

it('learns of new names by itself', async () => {
  await write({ names: { www: '10.0.0.3', 'other.hello': '10.0.0.3' } })
  await within5s(async () => {
    expect(await resolver.resolve4('other.hello')).toEqual(['10.0.0.3'])
    expect(await resolver.resolve4('www')).toEqual(['10.0.0.3'])
  })
})

it('does not mind capitals in a name', async () => {
  await write({ names: { www: '10.0.0.2', 'serviceb.prod': '10.0.0.4' } })
  await within5s(async () => {
    expect(await resolver.resolve4('serviceB.Prod')).toEqual(['10.0.0.4'])
  })
})

describe.each(['A', 'SRV'] as const)('a Consul service of 60 instances, asked for its %s records', (type) => {
  const question = () => ({ name: 'many.service.consul', type, server: dnsAddress })

  it('has all of them by TCP', async () => {
    expect(await askByTcp(question())).toEqual({ records: MANY, truncated: false })
  })

  it.each([false, true])('says by UDP that there are more (EDNS: %s)', async (edns) => {
    const { records, truncated } = await askByUdp(question(), edns)
    expect({ all: records === MANY, truncated }).toEqual(
      records === MANY ? { all: true, truncated: false } : { all: false, truncated: true },
    )
    // What fits, for those who never ask by TCP.
    expect(records).toBeGreaterThan(5)
  })
})

it('asks the agent for names of consul, and fails for now while there is none', async () => {
  expect(await resolver.resolve4('www-hello.service.consul')).toEqual(['10.9.8.0'])
  await rm(join(directory, 'Corefile'))
  await write({ consul: null })
  await within5s(async () => {
    await expect(resolver.resolve4('www-hello.service.consul')).rejects.toMatchObject({ code: 'ESERVFAIL' })
  })
})

it('gives no answer to others than the containers of its node', async () => {
  await write({ subnet: '192.0.2.0/24' })
  await within5s(async () => {
    await expect(resolver.resolve4('www')).rejects.toMatchObject({ code: 'ETIMEOUT' })
  })
})
