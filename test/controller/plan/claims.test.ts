import { describe, expect, it } from 'vitest'
import { dashboardHosts } from '../../../src/model/names.ts'
import type { Workload } from '../../../src/model/cluster.ts'
import { settleClaims } from '../../../src/controller/plan/claims.ts'
import type { Claims } from '../../../src/controller/plan/claims.ts'
import { declare } from '../../../src/controller/plan/declare.ts'
import { deployment, HTTP, label, labelled, workload, snapshot, specText } from './world.ts'

/** What each of these gets, the first being the oldest. */
function settled(...services: readonly Workload[]): Claims[] {
  return settledBeside([], services)
}

/** The same where Shoal itself has hosts. */
function settledBeside(ownHosts: readonly string[], services: readonly Workload[]): Claims[] {
  const aged = services.map((each, index) => ({
    ...each,
    createdAt: `2026-01-0${index + 1}T00:00:00Z`,
  }))
  const declared = declare(snapshot({ workloads: aged }), new Map(), deployment.mesh)
  return settleClaims(declared, 'example.test', ownHosts)
}

const hosts = (claims: readonly Claims[]) => claims.map((claim) => claim.hosts)
const reasons = (claims: readonly Claims[]) =>
  claims.map(({ problems }) => problems.map((each) => each.reason))
const consulNames = (claims: readonly Claims[]) =>
  claims.map(({ backends }) => backends.map(({ consulService }) => consulService))

const tcp = (port: number, name = 'db') => ({ name, port, targetPort: port, protocol: 'tcp' })

describe('hosts', () => {
  it('are those asked for and those every service has, in a stable order', () => {
    expect(hosts(settled(labelled('hello_www', { hosts: ['z.test', 'a.test'] })))).toEqual([
      ['a.test', 'www', 'www.hello', 'www.hello.example.test', 'z.test'],
    ])
  })

  it('are kept by the older; the newer is told and keeps the rest', () => {
    const claims = settled(
      labelled('hello_old', { hosts: ['both.test'] }),
      labelled('hello_new', { hosts: ['both.test', 'new.test'] }),
    )
    expect(claims[0]?.hosts).toContain('both.test')
    expect(claims[1]?.hosts).toContain('new.test')
    expect(claims[1]?.hosts).not.toContain('both.test')
    expect(reasons(claims)).toEqual([[], ['HostConflict']])
    expect(claims[1]?.problems[0]?.message).toMatch(/both\.test.*hello\/old/)
  })

  it('that are asked for go before those that an older service has without asking', () => {
    const [older, newer] = settled(
      labelled('hello_www'),
      labelled('hello_new', { hosts: ['www.hello.example.test', 'www'] }),
    )
    expect(older).toMatchObject({ hosts: ['www.hello'], names: ['www.hello'], problems: [] })
    expect(newer?.hosts).toEqual(expect.arrayContaining(['www.hello.example.test', 'www']))
    expect(newer?.problems).toEqual([])
  })

  it('of Shoal’s own dashboards are nobody’s; who asks for one is told and keeps the rest', () => {
    const ownHosts = Object.values(dashboardHosts('example.test'))
    const [www, namesake] = settledBeside(ownHosts, [
      labelled('hello_www', { hosts: ['proxy-admin.infra.example.test', 'a.test'] }),
      labelled('infra_consul-admin'),
    ])
    expect(www?.hosts).toEqual(['a.test', 'www', 'www.hello', 'www.hello.example.test'])
    expect(www?.problems).toEqual([
      {
        reason: 'HostConflict',
        message: 'host proxy-admin.infra.example.test is Shoal’s own while its dashboards are on',
      },
    ])
    expect(namesake).toMatchObject({ hosts: ['consul-admin', 'consul-admin.infra'], problems: [] })
  })

  it('of a service without any port left go to the next who asks', () => {
    const claims = settled(
      labelled('hello_db', { ports: [tcp(5432)] }),
      labelled('hello_gone', { ports: [tcp(5432)], hosts: [] }),
      labelled('shop_gone'),
    )
    expect(claims[1]).toMatchObject({ backends: [], hosts: [] })
    expect(claims[2]?.hosts).toContain('gone')
  })
})

describe('aliases', () => {
  it('are hosts as they are and under the base domain, and names on the mesh', () => {
    const [claim] = settled(labelled('hello_www', { aliases: ['hello.home', 'a.example.test'] }))
    expect(claim?.hosts).toEqual([
      'a.example.test',
      'hello.home',
      'hello.home.example.test',
      'www',
      'www.hello',
      'www.hello.example.test',
    ])
    expect(claim?.names).toEqual(['www.hello', 'www', 'hello.home', 'a.example.test'])
  })

  it('are kept by the older; the newer is told of both hosts', () => {
    const claims = settled(
      labelled('hello_old', { aliases: ['hello.home'] }),
      labelled('hello_new', { aliases: ['hello.home'] }),
    )
    expect(claims[1]?.names).toEqual(['new.hello', 'new'])
    expect(claims[1]?.problems.map(({ reason, message }) => [reason, message])).toEqual([
      ['HostConflict', 'host hello.home is held by hello/old, which is older'],
      ['HostConflict', 'host hello.home.example.test is held by hello/old, which is older'],
    ])
  })
})

describe('a namespace with dots', () => {
  const world = (namespace: string) =>
    workload('x_www', { labels: label(specText('www', {}, { namespace })) })

  it('is a domain of its hosts and names; in Consul dots are hyphens', () => {
    const [claim] = settled(world('world.dev'))
    expect(claim).toMatchObject({
      hosts: ['www', 'www.world.dev', 'www.world.dev.example.test'],
      names: ['www.world.dev', 'www'],
      backends: [{ name: 'world.dev_www', consulService: 'www-world-dev' }],
    })
  })

  it('that makes a Consul name which another has leaves it to the older', () => {
    const claims = settled(world('world.dev'), world('world-dev'))
    expect(reasons(claims)).toEqual([[], ['NameConflict']])
    expect(claims[1]?.problems[0]?.message).toContain('www-world-dev is held by world.dev/www')
  })
})

describe('short names', () => {
  it('are the service’s own within its namespace, and the oldest’s beyond', () => {
    const names = settled(labelled('hello_www'), labelled('shop_www')).map((claim) => claim.names)
    expect(names).toEqual([['www.hello', 'www'], ['www.shop']])
  })
})

describe('Consul names', () => {
  it('are name and namespace; ports after the first add their own', () => {
    const two = labelled('hello_www', { ports: [HTTP, { ...HTTP, name: 'metrics', port: 9090 }] })
    const other = labelled('default_db', {})
    expect(consulNames(settled(two, other))).toEqual([['www-hello', 'www-hello-metrics'], ['db']])
  })

  it('are kept by the older; nothing of the newer is in force', () => {
    const claims = settled(labelled('b_a'), labelled('default_a-b'))
    expect(consulNames(claims)).toEqual([['a-b'], []])
    expect(reasons(claims)).toEqual([[], ['NameConflict']])
    expect(claims[1]).toMatchObject({ hosts: [], names: [] })
  })

  it.each(['consul', 'shoal-haproxy'])('of Consul’s and Shoal’s own (%s) are taken', (name) => {
    expect(reasons(settled(labelled(`default_${name}`)))).toEqual([['NameConflict']])
  })
})

describe('ports', () => {
  it('of HTTP services are shared', () => {
    expect(reasons(settled(labelled('hello_a'), labelled('hello_b')))).toEqual([[], []])
  })

  it('of TCP services are the oldest’s alone; other ports of the newer stay in force', () => {
    const claims = settled(
      labelled('hello_a', { ports: [tcp(5432)] }),
      labelled('hello_b', { ports: [tcp(5432), tcp(5433, 'other')] }),
    )
    expect(consulNames(claims)).toEqual([['a-hello'], ['b-hello-other']])
    expect(reasons(claims)).toEqual([[], ['PortConflict']])
  })

  it('are either HTTP or TCP', () => {
    const http = labelled('hello_a', { ports: [{ ...HTTP, port: 8000 }] })
    const plain = labelled('hello_b', { ports: [tcp(8000)] })
    expect(reasons(settled(http, plain))).toEqual([[], ['PortConflict']])
    expect(reasons(settled(plain, http))).toEqual([[], ['PortConflict']])
  })
})

it('a service without a usable spec claims nothing', () => {
  expect(settled(labelled('hello_www', { hots: [] }))).toEqual([])
})
