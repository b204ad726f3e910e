import { describe, expect, it } from 'vitest'
import type { Endpoint, EndpointHealth } from '../../../src/model/endpoint.ts'
import type { Locality } from '../../../src/model/service.ts'
import { HAPROXY_CONSUL_SERVICE } from '../../../src/model/names.ts'
import { ownZone } from '../../../src/node/plan/haproxies.ts'
import { planNode } from '../../../src/node/plan/plan.ts'
import {
  after,
  backend,
  endpoint,
  endpointsAnswer,
  haproxy,
  hello,
  policiesAnswer,
  policy,
  SELF,
  TICK,
} from '../world.ts'

const servers = (view: Parameters<typeof planNode>[0], name = 'hello_www') =>
  planNode(view, SELF).backends.get(name)?.backend.servers ?? []

const weights = (view: Parameters<typeof planNode>[0]) =>
  servers(view).map(({ name, weight }) => [name, weight])

describe('servers', () => {
  it('follow what is believed of each endpoint', () => {
    const view = hello(
      endpoint('a', 'passing'),
      endpoint('b', 'critical'),
      endpoint('c', 'draining'),
      endpoint('d', 'pending'),
    )
    expect(servers(view).map(({ name, state, weight }) => [name, state, weight])).toEqual([
      ['a', 'ready', 256],
      ['b', 'drain', 0],
      ['c', 'drain', 0],
      ['d', 'maint', 0],
    ])
    expect(planNode(view, SELF).backends.get('hello_www')?.servers).toMatchObject({
      a: {
        weight: 256,
        state: 'ready',
        standing: 'serving',
        why: "node: 1 of 1 tasks here take 100% of node1's traffic",
      },
      b: { weight: 0, state: 'drain', standing: 'failing', why: 'its health check fails' },
      c: { standing: 'draining', why: 'it is about to stop' },
      d: { state: 'maint', standing: 'starting', why: 'its health check has not passed yet' },
    })
  })

  it('stay in drain when all fail: nobody is served, and HAProxy says so', () => {
    expect(servers(hello(endpoint('a', 'critical'))).map(({ state }) => state)).toEqual(['drain'])
  })

  it('go on while they are about to stop until another serves', () => {
    const [first, ...others] = [
      endpoint('a', 'draining'),
      endpoint('b', 'pending'),
      endpoint('c', 'critical'),
    ]
    expect(servers(hello(first, ...others)).map(({ name, state, weight }) => [name, state, weight])).toEqual([
      ['a', 'ready', 256],
      ['b', 'maint', 0],
      ['c', 'drain', 0],
    ])
    const { a } = planNode(hello(first, ...others), SELF).backends.get('hello_www')?.servers ?? {}
    expect(a?.why).toBe('it is about to stop, but there is no other')
    expect(servers(hello(first, endpoint('b', 'passing')))).toMatchObject([
      { name: 'a', state: 'drain', weight: 0 },
      { name: 'b', state: 'ready', weight: 256 },
    ])
  })

  it('stay alone when they were told to stop while others served, even if these are told so too', () => {
    const told = (a: 'passing' | 'draining', b: 'passing' | 'draining', c: 'passing' | 'draining') =>
      endpointsAnswer('www-hello', endpoint('a', a), endpoint('b', b), endpoint('c', c))
    const serving = hello(...['a', 'b', 'c'].map((name) => endpoint(name, 'passing')))
    const first = after([told('draining', 'passing', 'passing')], 100, serving)
    const second = after([told('draining', 'draining', 'passing')], 1000, first)
    const last = after([told('draining', 'draining', 'draining')], 1400, second)
    expect(servers(last).map(({ name, state }) => [name, state])).toEqual([
      ['a', 'drain'],
      ['b', 'ready'],
      ['c', 'ready'],
    ])
  })

  it('a task that stops gets nothing in its last half second, even where there is no other', () => {
    // SIGTERM follows Swarm's decision after 3.2 s: in the half second before it the task is left alone.
    const view = after([TICK], 2700, hello(endpoint('a', 'draining')))
    const { a } = planNode(view, SELF).backends.get('hello_www')?.servers ?? {}
    expect(a).toEqual({ state: 'drain', standing: 'leaving', weight: 0, why: 'it stops at any moment' })
  })

  it('are left alone while their checks come and go, unless there is no other', () => {
    const told = (a: 'passing' | 'critical', b: 'passing' | 'critical') =>
      endpointsAnswer('www-hello', endpoint('a', a), endpoint('b', b))
    const flaps = Array.from({ length: 3 }, () => [told('critical', 'passing'), told('passing', 'passing')])
    const view = after(flaps.flat(), 1, hello(endpoint('a', 'passing'), endpoint('b', 'passing')))
    const { a } = planNode(view, SELF).backends.get('hello_www')?.servers ?? {}
    expect(a).toEqual({
      state: 'drain',
      standing: 'recovering',
      weight: 0,
      why: 'its health check has failed again and again',
    })
    expect(servers(view).map(({ name, state }) => [name, state])).toEqual([
      ['a', 'drain'],
      ['b', 'ready'],
    ])
    const alone = after([told('passing', 'critical')], 2, view)
    expect(servers(alone).map(({ name, state }) => [name, state])).toEqual([
      ['a', 'ready'],
      ['b', 'drain'],
    ])
  })

  it('say that Consul has lost them', () => {
    const view = after([endpointsAnswer('www-hello')], 1, hello(endpoint('a', 'passing')))
    const { a } = planNode(view, SELF).backends.get('hello_www')?.servers ?? {}
    expect(a).toMatchObject({ state: 'ready', weight: 256 })
    expect(a?.why).toContain('Consul has lost it')
  })

  it('are weighed among the healthy ones, by where the serving HAProxies are', () => {
    const near = endpoint('near', 'passing')
    const far = endpoint('far', 'passing', { node: 'n3', zone: 'b' })
    const down = endpoint('down', 'critical', { node: 'n2' })
    // Two proxies, one task each: 1.2 × 1/2 of all traffic is more than either has.
    const two = [haproxy(1), haproxy(2, 'critical'), haproxy(3, 'passing', 'b')]
    const events = [endpointsAnswer(HAPROXY_CONSUL_SERVICE, ...two)]
    expect(weights(after(events, 0, hello(near, far, down)))).toEqual([
      ['down', 0],
      ['far', 1],
      ['near', 256],
    ])
    // One proxy alone has to share: the own task takes 60 % of its traffic.
    const others = [haproxy(2, 'critical'), haproxy(3, 'critical', 'b')]
    const alone = after(
      [endpointsAnswer(HAPROXY_CONSUL_SERVICE, haproxy(1), ...others)],
      0,
      hello(near, far, down),
    )
    const [, [, farWeight] = [], [, nearWeight] = []] = weights(alone)
    expect(Number(nearWeight) / (Number(farWeight) + Number(nearWeight))).toBeCloseTo(0.6, 2)
  })

  it('are backups for their place alone, in strict mode', () => {
    const locality: Locality = { mode: 'strict', headroom: 1.2 }
    const view = after(
      [policiesAnswer(policy('hello/www', { locality, revision: 'r2' }))],
      0,
      hello(
        endpoint('a', 'passing'),
        endpoint('b', 'passing', { node: 'n2' }),
        endpoint('c', 'critical', { node: 'n2' }),
      ),
    )
    expect(servers(view).map(({ name, backup }) => [name, backup])).toEqual([
      ['a', false],
      ['b', true],
      ['c', true],
    ])
  })

  it('are left out where HAProxy could not take them', () => {
    const odd = [
      endpoint('a', 'passing', { address: 'fe80::1' }),
      endpoint('b c', 'passing'),
      endpoint('d', 'passing', { port: 0 }),
      endpoint('e', 'passing', { address: '' }),
      endpoint('f', 'passing', { address: '10.0.300.1' }),
      endpoint('good', 'passing'),
    ]
    expect(servers(hello(...odd)).map(({ name, weight }) => [name, weight])).toEqual([['good', 256]])
  })

  it('carry the policy', () => {
    const changed = policy('hello/www', { drain: 1, timeout: 2, maxConnections: 3, revision: 'r2' })
    const plan = planNode(after([policiesAnswer(changed)], 0, hello(endpoint('a', 'passing'))), SELF)
    expect(plan.backends.get('hello_www')?.backend).toMatchObject({
      name: 'hello_www',
      service: 'hello/www',
      protocol: 'http',
      drain: 1,
      timeout: 2,
      servers: [{ maxConnections: 3, address: expect.any(String), port: 8080 }],
    })
    expect(plan.services.get('hello/www')?.revision).toBe('r2')
  })

  it('go to the older service where two have a backend of one name', () => {
    const young = policy('x/y', {
      createdAt: '2026-05-01T00:00:00.000Z',
      backends: [backend('hello_www', 'y-x')],
    })
    const view = after(
      [policiesAnswer(policy('hello/www'), young), endpointsAnswer('y-x', endpoint('z', 'passing'))],
      0,
      hello(endpoint('a', 'passing')),
    )
    expect(servers(view).map(({ name }) => name)).toEqual(['a'])
  })
})

const names = (...haproxies: readonly Endpoint[]) => namesAfter(haproxies)

/** What DNS says once the HAProxies were told so one after the other. */
const namesAfter = (...told: readonly (readonly Endpoint[])[]) => {
  const view = after([
    policiesAnswer(policy('hello/www', { names: ['www.hello', 'www'] })),
    ...told.map((haproxies) => endpointsAnswer(HAPROXY_CONSUL_SERVICE, ...haproxies)),
    endpointsAnswer('www-hello'),
  ])
  return planNode(view, SELF).hosts
}

describe('names in DNS', () => {
  it("lead to the node's own HAProxy", () => {
    const own = '10.0.0.1'
    expect(names(haproxy(1), haproxy(2), haproxy(3))).toEqual({ 'www.hello': own, www: own })
  })

  it('lead to another one while the own one is down, in the zone if there is one', () => {
    for (const health of ['critical', 'draining', 'pending'] as const) {
      expect(names(haproxy(1, health), haproxy(2, 'passing', 'b'), haproxy(3))['www']).toBe('10.0.0.3')
    }
    expect(names(haproxy(1, 'critical'), haproxy(2, 'passing', 'b'))['www']).toBe('10.0.0.2')
    expect(names(haproxy(2, 'passing', 'b'))['www']).toBe('10.0.0.2')
  })

  it('lead to the own one rather than nowhere', () => {
    expect(names(haproxy(1, 'pending'))['www']).toBe('10.0.0.1')
    expect(names(haproxy(1, 'critical'), haproxy(2, 'critical'))['www']).toBe('10.0.0.1')
    expect(names()).toEqual({})
  })

  it('do not lead to the one that a node had before it was lost', () => {
    const successor = (server: string, health: EndpointHealth = 'passing') => ({
      ...haproxy(1, health),
      server,
      task: server,
      address: '10.0.0.9',
    })
    // Whichever of the two the tie between equals would prefer.
    for (const server of ['p', 'q', 'r', 's', 't', 'u', 'v', 'w']) {
      expect(namesAfter([haproxy(1)], [haproxy(1, 'stale'), successor(server)])['www']).toBe('10.0.0.9')
    }
    const waiting = [haproxy(1, 'stale'), successor('p', 'pending'), haproxy(2)]
    expect(namesAfter([haproxy(1)], waiting)['www']).toBe('10.0.0.2')
    expect(namesAfter([haproxy(1)], [haproxy(1, 'stale'), haproxy(2)])['www']).toBe('10.0.0.1')
  })
})

const zone = (...haproxies: Parameters<typeof endpointsAnswer>[1][]) =>
  ownZone(after([endpointsAnswer(HAPROXY_CONSUL_SERVICE, ...haproxies)]), 'n1')

it('learns its zone from its own HAProxy', () => {
  expect(zone(haproxy(2, 'passing', 'b'), haproxy(1, 'critical', 'c'))).toBe('c')
  expect(zone(haproxy(1, 'passing', null))).toBeNull()
  expect(zone(haproxy(2))).toBeUndefined()
  const replaced = { ...haproxy(1, 'passing', 'b'), server: 'z', task: 'z', address: '10.0.0.9' }
  const view = after([
    endpointsAnswer(HAPROXY_CONSUL_SERVICE, haproxy(1, 'passing', 'a')),
    endpointsAnswer(HAPROXY_CONSUL_SERVICE, replaced),
  ])
  expect(ownZone(view, 'n1')).toBe('b')
})
