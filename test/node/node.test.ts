import { describe, expect, it } from 'vitest'
import { HAPROXY_CONSUL_SERVICE } from '../../src/model/names.ts'
import { ENDPOINT_GRACE } from '../../src/node/view/endpoints.ts'
import { NodeAgent } from '../../src/node/node-agent.ts'
import { backend, endpoint, haproxy, policy } from './world.ts'
import { FakeNode } from './rig.ts'
import { VirtualClock } from '../loop/virtual-clock.ts'

const IDENTITY = { node: 'n1', nodeName: 'node1' }

function start(node: FakeNode, clock: VirtualClock) {
  const agent = new NodeAgent(node.ports, IDENTITY, node.log, { scheduler: clock, random: () => 0.5 })
  agent.start()
  return agent
}

function world() {
  const clock = new VirtualClock()
  return { clock, node: new FakeNode(clock) }
}

/** A node where hello/www with one task is programmed. */
async function settled() {
  const { clock, node } = world()
  const agent = start(node, clock)
  node.reports.answer()
  answerAll(node)
  await clock.advance(2000)
  node.haproxy.news()
  return { clock, node, agent }
}

function answerAll({ consul }: FakeNode): void {
  consul.answer(HAPROXY_CONSUL_SERVICE, haproxy(1), haproxy(2))
  consul.answer('www-hello', endpoint('a', 'passing'))
  consul.answerPolicies(policy('hello/www'))
}

const states = (node: FakeNode) =>
  node.haproxy.backends.get('hello_www')?.servers.map(({ name, state }) => `${name}:${state}`)

describe('the node agent', () => {
  it('programs nothing before all has been answered', async () => {
    const { clock, node } = world()
    start(node, clock)
    node.consul.answerPolicies(policy('hello/www'), policy('shop/db'))
    await clock.advance(60_000)
    node.consul.answer(HAPROXY_CONSUL_SERVICE, haproxy(1))
    node.consul.answer('www-hello', endpoint('a', 'passing'))
    await clock.advance(60_000)
    expect(node.haproxy.calls).toEqual([])
    expect(node.dns.programmed.every((hosts) => hosts === null)).toBe(true)
    node.consul.answer('db-shop')
    await clock.advance(2000)
    expect([...node.haproxy.backends.keys()]).toEqual(['hello_www', 'shop_db'])
    expect(node.dns.programmed.at(-1)).toEqual({ 'www.hello': '10.0.0.1', 'db.shop': '10.0.0.1' })
  })

  it('does nothing at all while Consul is silent', async () => {
    const { clock, node } = world()
    start(node, clock)
    await clock.advance(600_000)
    expect(node.haproxy.calls).toEqual([])
    expect(node.memory.text).toBeNull()
  })

  it('gives a HAProxy without any config one to start with', async () => {
    const { clock, node } = world()
    node.haproxy.configured = false
    node.haproxy.down = true
    start(node, clock)
    await clock.advance(10)
    expect(node.haproxy.news()).toEqual(['structure'])
    node.haproxy.down = false
    answerAll(node)
    await clock.advance(2000)
    expect(states(node)).toEqual(['a:ready'])
  })

  it('programs a change of health without touching the structure', async () => {
    const { clock, node } = await settled()
    const { reloads } = node.haproxy
    node.consul.answer('www-hello', endpoint('a', 'draining'), endpoint('b', 'passing'))
    await clock.advance(5)
    expect(states(node)).toEqual(['a:drain', 'b:ready'])
    expect(node.haproxy.news()).toEqual(['hello_www'])
    expect(node.haproxy.reloads).toBe(reloads)
  })

  it('follows a new service and forgets a deleted one', async () => {
    const { clock, node } = await settled()
    node.consul.answer('api-hello', endpoint('x', 'passing'))
    const api = policy('hello/api', { backends: [backend('hello_api', 'api-hello')] })
    node.consul.answerPolicies(policy('hello/www'), api)
    await clock.advance(3000)
    expect([...node.haproxy.backends.keys()]).toEqual(['hello_api', 'hello_www'])
    node.consul.answerPolicies({ key: 'hello/www', deleted: '2026-01-01T00:00:00Z' }, api)
    await clock.advance(8000)
    expect([...node.haproxy.backends.keys()]).toEqual(['hello_api'])
    expect([...node.reports.entries.keys()].toSorted()).toEqual([
      'shoal/status/programmed/node1/services',
      'shoal/status/proxies/node1/hello/api',
    ])
    expect(node.dns.programmed.at(-1)).toEqual({ 'api.hello': '10.0.0.1' })
  })

  it('lets the grace of a vanished endpoint end by itself', async () => {
    const { clock, node } = await settled()
    node.consul.answer('www-hello')
    await clock.advance(ENDPOINT_GRACE - 100)
    expect(states(node)).toEqual(['a:ready'])
    await clock.advance(200)
    expect(states(node)).toEqual([])
  })

  it('goes through a wipe of Consul as if nothing had happened', async () => {
    const { clock, node } = await settled()
    const before = node.haproxy.backends.get('hello_www')
    const { reloads } = node.haproxy
    node.consul.answerPolicies()
    node.consul.answer('www-hello')
    node.consul.answer(HAPROXY_CONSUL_SERVICE)
    await clock.advance(15_000)
    node.consul.answer('www-hello', endpoint('a', 'pending'))
    await clock.advance(1000)
    answerAll(node)
    await clock.advance(1000)
    expect(node.haproxy.backends.get('hello_www')).toEqual(before)
    expect(node.haproxy.reloads).toBe(reloads)
  })

  it('keeps what Consul has lost for as long as Consul is silent, and the rest of the grace', async () => {
    const { clock, node } = await settled()
    node.consul.answer('www-hello')
    await clock.advance(ENDPOINT_GRACE / 2)
    node.consul.silent.next(true)
    await clock.advance(100 * ENDPOINT_GRACE)
    expect(states(node)).toEqual(['a:ready'])
    node.consul.silent.next(false)
    await clock.advance(ENDPOINT_GRACE / 2 - 100)
    expect(states(node)).toEqual(['a:ready'])
    await clock.advance(200)
    expect(states(node)).toEqual([])
  })

  it('is restarted in the middle of a wipe, and still nothing happens', async () => {
    const { clock, node, agent } = await settled()
    const before = node.haproxy.backends.get('hello_www')
    await agent.stop()
    const next = new FakeNode(clock)
    next.memory.text = node.memory.text
    next.haproxy.continue(node.haproxy)
    start(next, clock)
    next.consul.answerPolicies()
    next.consul.answer('www-hello', endpoint('a', 'pending'))
    next.consul.answer(HAPROXY_CONSUL_SERVICE)
    await clock.advance(20_000)
    expect(next.haproxy.backends.get('hello_www')).toEqual(before)
    expect(next.haproxy.reloads).toBe(0)
  })

  it('is stopped right after news, which its successor knows though Consul has forgotten all', async () => {
    const { clock, node, agent } = await settled()
    node.consul.answer('www-hello', endpoint('a', 'passing'), endpoint('b', 'passing'))
    const stopped = agent.stop()
    await clock.advance(10)
    await stopped
    const next = new FakeNode(clock)
    next.memory.text = node.memory.text
    start(next, clock)
    next.consul.answerPolicies()
    next.consul.answer('www-hello')
    next.consul.answer(HAPROXY_CONSUL_SERVICE)
    await clock.advance(2000)
    expect(states(next)).toEqual(['a:ready', 'b:ready'])
  })

  it('is stopped before it has recalled anything, and forgets nothing', async () => {
    const { clock, node } = world()
    node.memory.text = 'what its predecessor left'
    const agent = start(node, clock)
    await agent.stop()
    expect(node.memory.text).toBe('what its predecessor left')
  })

  it('ends once the call to HAProxy that was in flight has', async () => {
    const { clock, node, agent } = await settled()
    node.haproxy.latency = 500
    node.consul.answer('www-hello', endpoint('b', 'passing'))
    await clock.advance(100)
    let ended = false
    const stop = async () => {
      await agent.stop()
      ended = true
    }
    const stopped = stop()
    await clock.advance(300)
    expect(ended).toBe(false)
    // What is believed is safe by then, in case it is killed.
    expect(node.memory.text).toContain('"server":"b"')
    await clock.advance(200)
    await stopped
    expect(states(node)).toEqual(['a:ready', 'b:ready'])
  })

  it('shows what it believes, wants and has done as plain data', async () => {
    const { clock, node } = world()
    const agent = start(node, clock)
    expect(agent.snapshot()).toMatchObject({ inSync: false, names: null, haproxy: { structure: null } })
    node.reports.answer()
    answerAll(node)
    await clock.advance(2000)
    node.haproxy.down = true
    node.consul.answer('www-hello', endpoint('a', 'draining'), endpoint('b', 'passing'))
    await clock.advance(100)
    const snapshot = agent.snapshot()
    expect(JSON.parse(JSON.stringify(snapshot))).toEqual(snapshot)
    expect(snapshot).toEqual({
      self: { ...IDENTITY, zone: 'a' },
      inSync: true,
      view: {
        policies: { 'hello/www': { inForce: 'r1', next: null, absentSince: null } },
        endpoints: {
          'shoal-haproxy': { 'shoal_haproxy.n1.x': 'serving', 'shoal_haproxy.n2.x': 'serving' },
          'www-hello': { a: 'draining', b: 'serving' },
        },
        malformed: {},
        silentSince: null,
      },
      names: { 'www.hello': '10.0.0.1' },
      haproxy: {
        structure: true,
        backends: { hello_www: false },
        retired: [],
        refusals: [],
        lost: 'admin.sock: connect ENOENT',
      },
      reports: { differing: [] },
    })
  })

  it('keeps its last known zone', async () => {
    const { clock, node } = await settled()
    const report = () =>
      JSON.parse(node.reports.entries.get('shoal/status/proxies/node1/hello/www') ?? 'null')
    expect(report()).toMatchObject({ zone: 'a', revision: 'r1' })
    node.consul.answer(HAPROXY_CONSUL_SERVICE, haproxy(1, 'draining'), haproxy(2))
    node.consul.answer(HAPROXY_CONSUL_SERVICE, haproxy(2))
    node.consul.answerPolicies(policy('hello/www', { revision: 'r2' }))
    await clock.advance(3000)
    expect(report()).toMatchObject({ zone: 'a', revision: 'r2' })
  })

  it('changes nothing when it is stopped', async () => {
    const { clock, node, agent } = await settled()
    await agent.stop()
    const before = node.haproxy.calls.length
    node.consul.answer('www-hello')
    node.consul.answerPolicies()
    await clock.advance(600_000)
    expect(node.haproxy.calls).toHaveLength(before)
    expect([...node.reports.entries.keys()]).toContain('shoal/status/proxies/node1/hello/www')
  })
})
