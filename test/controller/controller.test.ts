import { NEVER, of, Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import type { HeldRegistration } from '../../src/model/registration.ts'
import type { ClusterSnapshot } from '../../src/model/cluster.ts'
import type { ControllerPorts } from '../../src/controller/ports.ts'
import { runController } from '../../src/controller/controller.ts'
import { carryOut } from './plan/agent.ts'
import { deployment, labelled, node, workload, snapshot, instance } from './plan/world.ts'
import { VirtualClock } from '../loop/virtual-clock.ts'
import { EVENTS } from '../../src/store/events.ts'

const silent = { info: () => {}, warn: () => {}, error: () => {} }

/** The controller in a Swarm of so many nodes, each with an agent, and so many tasks; and what it calls. */
function start(nodes: number, tasks: number, leader = true) {
  const clock = new VirtualClock()
  const calls = new Map<string, number>()
  const count = (what: string): void => void calls.set(what, (calls.get(what) ?? 0) + 1)
  const hints = new Subject<{ readonly workloadId: string | null }>()
  const failing = new Subject<ReadonlySet<string>>()
  const held = new Map<string, readonly HeldRegistration[]>()
  const kv = new Map<string, string>()
  const world = { swarm: swarmOf(nodes, tasks, leader) }
  const ports: ControllerPorts = {
    observe: async () => (count('everything'), world.swarm),
    observeNodes: async () => (count('nodes'), world.swarm),
    observeWorkloads: async (previous, ids) => {
      if (ids.size > 0) count('services')
      return ids.size > 0 ? world.swarm : previous
    },
    hints,
    failing,
    silent: NEVER,
    reports: of(new Map()),
    consulAgent: (address) => ({
      registered: async () => (count('agent asked'), held.get(address) ?? []),
      register: async (registration) => {
        count('agent told')
        held.set(address, carryOut(held.get(address) ?? [], [{ kind: 'register', registration }]))
      },
      setMaintenance: async () => count('agent told'),
      deregister: async () => count('agent told'),
    }),
    kv: {
      read: async (prefix) => (count('kv read'), new Map([...kv].filter(([key]) => key.startsWith(prefix)))),
      put: async (key, value) => (
        count(key.startsWith(EVENTS.prefix) ? 'events written' : 'kv written'),
        void kv.set(key, value)
      ),
      delete: async (key) => (count('kv written'), void kv.delete(key)),
    },
  }
  const settings = { deployment, domain: 'example.test', ownHosts: [] }
  runController(ports, settings, silent, { scheduler: clock, random: () => 0.5 })
  const during = async (ms: number, act: () => void = () => {}) => {
    calls.clear()
    act()
    await clock.advance(ms)
    return Object.fromEntries(calls)
  }
  return { clock, hints, failing, world, during }
}

function swarmOf(nodes: number, tasks: number, leader = true): ClusterSnapshot {
  const ids = Array.from({ length: nodes }, (_, index) => `n${index + 1}`)
  const agents = ids.map((id, index) =>
    instance(`agent${id}`, deployment.consulAgent, {
      nodeId: id,
      slot: null,
      addresses: { shoal_control: `10.1.0.${index}` },
    }),
  )
  return snapshot({
    workloads: [labelled('hello_www'), workload(deployment.consulAgent)],
    instances: [
      ...agents,
      ...Array.from({ length: tasks }, (_, index) => www(index, ids[index % nodes] ?? '')),
    ],
    nodes: ids.map((id) => node(id, { leader: leader && id === 'n1' })),
  })
}

function www(index: number, nodeId: string) {
  const addresses = { shoal_mesh: `10.2.${Math.floor(index / 250)}.${index % 250}` }
  return instance(`t${index}`, 'hello_www', { nodeId, slot: index + 1, addresses })
}

describe('in a minute of rest, the controller', () => {
  it('of a small Swarm looks at everything every five seconds', async () => {
    const { clock, during } = start(3, 10)
    await clock.advance(30_000)
    const { everything, nodes, services } = await during(60_000)
    expect(everything).toBeGreaterThanOrEqual(11)
    expect(everything).toBeLessThanOrEqual(13)
    expect([nodes, services]).toEqual([undefined, undefined])
  })

  it('of a Swarm of 10,000 tasks looks at everything once or twice, and asks who leads twelve times', async () => {
    const { clock, during } = start(3, 10_000)
    await clock.advance(60_000)
    const { everything = 0, nodes = 0, services } = await during(60_000)
    expect([1, 2]).toContain(everything)
    expect(everything + nodes).toBe(12)
    expect(services).toBeUndefined()
  })

  it('asks one of many agents a second, and writes nothing', async () => {
    const { clock, during } = start(100, 100)
    await clock.advance(60_000)
    const calls = await during(60_000)
    expect(calls['agent asked']).toBeGreaterThan(52)
    expect(calls['agent asked']).toBeLessThanOrEqual(61)
    expect(calls['agent told'] ?? 0).toBe(0)
    expect(calls['kv written'] ?? 0).toBe(0)
    expect(calls['events written'] ?? 0).toBe(0)
  })

  it('that does not lead asks for nothing but who does', async () => {
    const { clock, during } = start(3, 10, false)
    await clock.advance(30_000)
    expect(await during(60_000)).toEqual({ nodes: 12 })
  })
})

describe('for a service scaled up by one, the controller', () => {
  it('looks at that service alone and talks to one agent', async () => {
    const { clock, hints, world, during } = start(100, 100)
    await clock.advance(60_500)
    world.swarm = { ...world.swarm, instances: [...world.swarm.instances, www(100, 'n7')] }
    const calls = await during(100, () => hints.next({ workloadId: 'id-hello_www' }))
    // Looked at twice: at once, and when more may show. Its status is written when the task is there, and when it is registered; what happened, once.
    expect(calls).toMatchObject({ services: 2, 'agent told': 1, 'kv written': 2, 'events written': 1 })
    expect(calls['everything']).toBeUndefined()
    // Before and after, and at most one more in its turn.
    expect(calls['agent asked']).toBeLessThanOrEqual(3)
  })
})

describe('a service whose update is in progress', () => {
  const updating = (swarm: ClusterSnapshot, state = true): ClusterSnapshot => ({
    ...swarm,
    workloads: swarm.workloads.map((each) => (each.name === 'hello_www' ? { ...each, moving: state } : each)),
  })

  it('is looked at five times a second, also where nothing is new in between', async () => {
    const { clock, hints, world, during } = start(3, 10)
    await clock.advance(31_000)
    world.swarm = updating(world.swarm)
    hints.next({ workloadId: 'id-hello_www' })
    await clock.advance(2000)
    const { services = 0, everything } = await during(10_000)
    expect(services).toBeGreaterThanOrEqual(45)
    expect(services).toBeLessThanOrEqual(50)
    expect(everything).toBe(2)
    world.swarm = updating(world.swarm, false)
    await clock.advance(5000)
    expect(await during(1000)).not.toHaveProperty('services')
  })
})

describe('after an event, the controller', () => {
  it('looks at once, at least thrice in the first 300 ms, and once more when all has followed', async () => {
    const { clock, hints, during } = start(3, 10)
    await clock.advance(31_000)
    const looks: number[] = []
    const event = () => hints.next({ workloadId: 'id-hello_www' })
    for (let at = 0; at <= 1500; at += 10)
      if ((await during(10, at === 0 ? event : undefined))['services'] === 1) looks.push(at + 10)
    expect(looks[0]).toBe(10)
    expect(looks.filter((at) => at <= 300).length).toBeGreaterThanOrEqual(3)
    expect(looks.at(-1)).toBeGreaterThan(500)
    expect(looks.length).toBeLessThanOrEqual(6)
  })
})

describe('a check that newly fails', () => {
  it('has its task’s service looked at, at once', async () => {
    const { clock, failing, during } = start(3, 10)
    await clock.advance(31_000)
    const fail = () => failing.next(new Set(['node/hello_www.1.t0:www-hello:check']))
    expect(await during(10, fail)).toMatchObject({ services: 1 })
    await clock.advance(1000)
    // It is no news.
    expect((await during(1000, fail))['services']).toBeUndefined()
  })
})
