import { createSocket } from 'node:dgram'
import { Resolver } from 'node:dns/promises'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { writeDns, type DnsState } from '../../src/dns/disk.ts'

const IMAGE = process.env['SHOAL_DNS_IMAGE'] ?? 'shoal-dns:dev'

let directory: string
let container: Docker.Container
let resolver: Resolver
/** This machine on the bridge network, from which the tests ask. */
let gateway: string
/** Stands in for a Consul agent: every name has the address 10.9.8.7. */
const consul = createSocket('udp4')

function write(state: Partial<DnsState>): Promise<readonly string[]> {
  const subnet = `${gateway}/32`
  const known = { names: { www: '10.0.0.2' }, subnet, consul: `${gateway}:${consul.address().port}` }
  return writeDns(directory, { ...known, address: '0.0.0.0', ...state })
}

const within5s = (assertion: () => Promise<void>): Promise<void> =>
  vi.waitFor(assertion, { timeout: 5000, interval: 50 })

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shoal-dns-'))
  container = await new Docker().createContainer({
    Image: IMAGE,
    Labels: { 'shoal.dev/test': 'dns' },
    Entrypoint: ['sh', '-c'],
    Cmd: [
      `until [ -e ${directory}/Corefile ]; do sleep 0.05; done; exec coredns -conf ${directory}/Corefile`,
    ],
    HostConfig: { Binds: [`${directory}:${directory}`] },
  })
  await container.start()
  const bridge = (await container.inspect()).NetworkSettings.Networks['bridge']
  if (bridge === undefined) throw new Error('the container is not on the bridge network')
  gateway = bridge.Gateway
  consul.on('message', (query, { address, port }) => {
    const end = query.indexOf(0, 12) + 5
    const header = Buffer.from([...query.subarray(0, 2), 0x85, 0x80, 0, 1, 0, 1, 0, 0, 0, 0])
    const answer = Buffer.from([0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4, 10, 9, 8, 7])
    consul.send(Buffer.concat([header, query.subarray(12, end), answer]), port, address)
  })
  consul.bind(0, gateway)
  await once(consul, 'listening')
  resolver = new Resolver({ timeout: 500, tries: 1 })
  resolver.setServers([bridge.IPAddress])
  await write({})
  await within5s(async () => {
    await resolver.resolve4('www')
  })
})

afterAll(async () => {
  consul.close()
  await container.remove({ force: true, v: true })
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

it('asks the agent for names of consul, and fails for now while there is none', async () => {
  expect(await resolver.resolve4('www-hello.service.consul')).toEqual(['10.9.8.7'])
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
