import { describe, expect, it } from 'vitest'
import { KV_SERVICE_STATUS, KV_SERVICES } from '../../src/model/names.ts'
import { badText, label } from '../plan/world.ts'
import { atRest, leftovers, unfinished } from './liveness.ts'
import { serves } from './swarm/data.ts'
import type { SimService } from './swarm/data.ts'
import {
  lacksApplicationAddresses,
  lacksApplications,
  lacksConfigs,
  lacksServed,
  lacksThirdNode,
} from './swarm/oddity.ts'
import type { Oddity } from './swarm/oddity.ts'
import { World } from './world.ts'

const PLAIN = { place: 'label', order: 'start-first', replicas: 3, tcp: null } as const

/** A world in which services of these names run with three tasks each, and all is well. */
async function worldWith(names: readonly string[], place: 'label' | 'config' = 'label'): Promise<World> {
  const world = new World(1)
  world.start()
  for (const name of names) world.people.introduce(name, { ...PLAIN, place })
  await until(world, 60_000, () => atRest(world) && unfinished(world).length === 0)
  // No request is judged, and no drain, soon after trouble.
  await pass(world, 40_000)
  return world
}

/** Lets time pass, and nothing in it may happen that must not. */
async function pass(world: World, ms: number): Promise<void> {
  await world.pass(ms)
  const { violation } = world.history
  if (violation !== null) throw new Error(`${violation}\n${world.history.tail(60)}`)
}

async function until(world: World, ms: number, condition: () => boolean): Promise<void> {
  for (let waited = 0; waited < ms && !condition(); waited += 250) await pass(world, 250)
  if (!condition()) throw new Error([...unfinished(world), world.history.tail(60)].join('\n'))
}

function service(world: World, name: string): SimService {
  const found = world.swarm.service(`demo_${name}`)
  if (found === null) throw new Error(`no service ${name}`)
  return found
}

/** IDs of what is registered anywhere, and is not in maintenance unless `drained`. */
function registered(world: World, drained = true): string[] {
  const agents = world.swarm.nodes.flatMap(({ id }) => world.consul.agent(id) ?? [])
  const instances = agents.flatMap((agent) => [...agent.instances])
  return instances
    .filter(([, { maintenance }]) => drained || maintenance === null)
    .map(([id]) => id)
    .toSorted()
}

const runningIn = (world: World, name: string) =>
  [...world.swarm.tasks.values()].filter((task) => task.service.name === `demo_${name}` && serves(task))

describe('in peace', () => {
  it('nothing is written, and nobody looks more often than needed', async () => {
    const world = await worldWith(['a', 'b'])
    const before = [world.safety.writes, ...world.engines.map(({ observations }) => observations)]
    await pass(world, 60_000)
    const [writes, ...looks] = [
      world.safety.writes,
      ...world.engines.map(({ observations }) => observations),
    ].map((count, index) => count - (before[index] ?? 0))
    expect(writes).toBe(0)
    for (const count of looks) expect(count).toBeLessThan(16)
  })

  it('nothing is written though two services select the same tasks', async () => {
    const world = await worldWith(['a'])
    world.authors.declare(world.specs.add('demo', 'also', 'demo_a', 'config', null), service(world, 'a'))
    await pass(world, 20_000)
    expect(registered(world).filter((id) => id.endsWith(':also-demo'))).toHaveLength(3)
    const { writes } = world.safety
    await pass(world, 30_000)
    expect(world.safety.writes).toBe(writes)
  })

  it('a rollout and scaling lose no request and reload no HAProxy', async () => {
    const world = await worldWith(['a'])
    const reloads = world.proxies.map(({ haproxy }) => haproxy.reloads)
    world.swarm.scale(service(world, 'a'), 6)
    await pass(world, 20_000)
    world.swarm.scale(service(world, 'a'), 2)
    await pass(world, 20_000)
    world.swarm.update(service(world, 'a'))
    await pass(world, 60_000)
    await until(world, 1000, () => atRest(world) && unfinished(world).length === 0)
    expect(leftovers(world)).toEqual([])
    expect(world.proxies.map(({ haproxy }) => haproxy.reloads)).toEqual(reloads)
  })
})

describe('a single list that lacks what is there', () => {
  it.each<[string, Oddity]>([
    ['tasks', lacksServed],
    ['services and their tasks', lacksApplications],
    ['configs', lacksConfigs],
    ['addresses', lacksApplicationAddresses],
    ['nodes', lacksThirdNode],
  ])('removes nothing (%s)', async (_, oddity) => {
    const world = await worldWith(['a', 'b'], 'config')
    const before = registered(world)
    for (const engine of world.engines) engine.distort(oddity, 1)
    await pass(world, 20_000)
    expect(registered(world)).toEqual(before)
  })

  it('removes nothing at an agent that answers just then, after a while of silence', async () => {
    const world = await worldWith(['a', 'b'])
    const before = registered(world)
    const agent = world.consul.agent('n3')
    if (agent === null) throw new Error('no agent')
    world.safety.disturbed(20_000)
    world.consul.pause(agent)
    await pass(world, 8000)
    for (const engine of world.engines) engine.distort(lacksThirdNode)
    await pass(world, 8000)
    world.consul.resume(agent)
    await pass(world, 20_000)
    for (const engine of world.engines) engine.distort(null)
    await pass(world, 20_000)
    expect(registered(world)).toEqual(before)
  })
})

describe('lists that lack what is there', () => {
  it('remove nothing for as long as a minute, and are said to be odd', async () => {
    const world = await worldWith(['a', 'b'])
    const before = registered(world)
    for (const engine of world.engines) engine.distort(lacksServed)
    await pass(world, 60_000)
    expect(registered(world)).toEqual(before)
    expect(world.history.tail(200)).toContain('observation refused')
    for (const engine of world.engines) engine.distort(null)
    await until(world, 10_000, () => unfinished(world).length === 0)
  })

  it('remove nothing for half a minute when it is specs that they lack', async () => {
    const world = await worldWith(['a', 'b', 'c'], 'config')
    const before = registered(world)
    for (const engine of world.engines) engine.distort(lacksConfigs)
    await pass(world, 30_000)
    expect(registered(world)).toEqual(before)
    expect(world.history.tail(200)).toContain('most specs are gone')
  })

  it('are believed in the end', async () => {
    const world = await worldWith(['a', 'b', 'c'], 'config')
    for (const name of world.swarm.configs.keys()) world.swarm.removeConfig(name)
    for (const declared of world.specs.all.values()) {
      declared.good = null
      world.specs.changed(declared)
    }
    await pass(world, 75_000)
    expect(registered(world).filter((id) => id.startsWith('demo_'))).toEqual([])
  })

  it('are believed at once if the tasks that they lack do not answer either', async () => {
    const world = await worldWith(['a', 'b'])
    // All of it happens while no controller is there to see it.
    world.safety.disturbed(30_000)
    for (const controller of world.controllers) controller.crash()
    for (const name of ['a', 'b']) world.swarm.remove(service(world, name))
    for (const declared of world.specs.all.values()) {
      declared.good = null
      world.specs.changed(declared)
    }
    await pass(world, 30_000)
    expect(registered(world).filter((id) => id.startsWith('demo_'))).toHaveLength(6)
    for (const controller of world.controllers) controller.start()
    await until(world, 20_000, () => registered(world).every((id) => !id.startsWith('demo_')))
  })
})

describe('an engine', () => {
  it('that fails at the wrong moment does not keep a task from its drain', async () => {
    const world = await worldWith(['a'])
    world.swarm.scale(service(world, 'a'), 1)
    for (const engine of world.engines) engine.refuses = 3
    await pass(world, 10_000)
    expect(runningIn(world, 'a')).toHaveLength(1)
  })

  it('that tells of no crash is looked at often enough all the same', async () => {
    const world = await worldWith(['a', 'b'])
    const [victim] = runningIn(world, 'a')
    if (victim === undefined) throw new Error('nothing to kill')
    // Something else goes on meanwhile, and is looked at in part.
    await pass(world, 3000)
    world.swarm.relabel(service(world, 'b'), service(world, 'b').labels)
    await pass(world, 1000)
    world.swarm.crash(victim)
    await pass(world, 6500)
    const drained = registered(world, false).filter((id) => id.includes(`.${victim.id}:`))
    expect(drained).toEqual([])
    // Its end was told of: nobody keeps it for a while.
    expect(world.proxies.flatMap(({ haproxy }) => haproxy.servers('demo_a') ?? [])).not.toContainEqual(
      expect.objectContaining({ state: 'ready', address: victim.addresses['shoal_mesh'] }),
    )
  })
})

describe('when the lead moves', () => {
  it('a controller whose engine hangs ceases to act on what it knew', async () => {
    const world = await worldWith(['a'])
    const [first, second] = world.engines
    if (first === undefined || second === undefined) throw new Error('no engines')
    first.hangs = true
    world.safety.disturbed(60_000)
    world.swarm.elect(second.node)
    await pass(world, 15_000)
    world.swarm.update(service(world, 'a'))
    await pass(world, 45_000)
    const writers = world.history
      .tail(2000)
      .split('\n')
      .filter((line) => /^ +(6\d|7\d|8\d|9\d)\.\d+ +write +n1 /.test(line))
    expect(writers).toEqual([])
    await until(world, 20_000, () => unfinished(world).length === 0)
  })
})

describe('Consul', () => {
  it('wiped has everything back in 20 s, and no request is lost meanwhile', async () => {
    const world = await worldWith(['a', 'b'])
    world.safety.disturbed(20_000)
    world.wipeConsul()
    await pass(world, 5000)
    world.consul.recover()
    await until(world, 20_000, () => unfinished(world).length === 0)
    await pass(world, 70_000)
    expect(leftovers(world)).toEqual([])
  })

  it('wiped brings back the last good spec, though the newest is bad', async () => {
    const world = await worldWith(['a'])
    const [declared] = world.specs.all.values()
    if (declared === undefined) throw new Error('nothing is declared')
    world.swarm.relabel(service(world, 'a'), label(badText('a')))
    declared.bad = true
    await pass(world, 20_000)
    world.safety.disturbed(10_000)
    for (const controller of world.controllers) controller.crash()
    world.wipeConsul()
    await pass(world, 10_000)
    world.consul.recover()
    for (const controller of world.controllers) controller.start()
    await until(world, 30_000, () => unfinished(world).length === 0)
  })

  it('agents that hang do not make the controller look without end', async () => {
    const world = await worldWith(['a'])
    world.safety.disturbed(120_000)
    for (const { id } of world.swarm.nodes) {
      const agent = world.consul.agent(id)
      if (agent !== null) world.consul.pause(agent)
    }
    world.swarm.remove(service(world, 'a'))
    for (const declared of world.specs.all.values()) {
      declared.good = null
      world.specs.changed(declared)
    }
    await pass(world, 40_000)
    const [first] = world.engines
    const before = first?.observations ?? 0
    await pass(world, 30_000)
    expect((first?.observations ?? 0) - before).toBeLessThan(9)
  })

  it('holding nonsense stops nobody', async () => {
    const world = await worldWith(['a'])
    const nonsense = ['null', '7', '"text"', '{}', '[', '{"key":"demo/x"}', '{"key":7,"deleted":1}']
    for (const text of nonsense) {
      world.consul.put(`${KV_SERVICES}demo/x${text.length}`, text)
      world.consul.put(`${KV_SERVICE_STATUS}demo/x${text.length}`, text)
      world.consul.put(`shoal/status/proxies/node-1/demo/x${text.length}`, text)
    }
    for (const controller of world.controllers) {
      controller.crash()
      controller.start()
    }
    world.swarm.scale(service(world, 'a'), 5)
    await until(world, 30_000, () => atRest(world))
    await pass(world, 10_000)
    expect(registered(world).filter((id) => id.endsWith(':a-demo'))).toHaveLength(5)
    expect([...world.consul.read(KV_SERVICE_STATUS).keys()]).toEqual([`${KV_SERVICE_STATUS}demo/a`])
  })
})

describe('without any controller and proxy agent', () => {
  it('traffic goes on, also when a HAProxy or a task dies', async () => {
    const world = await worldWith(['a'])
    for (const process of [...world.controllers, ...world.proxies]) process.crash()
    const { requests } = world.traffic
    await pass(world, 30_000)
    const haproxy = [...world.swarm.tasks.values()].find((task) => task.service.name === 'shoal_haproxy')
    const [victim] = runningIn(world, 'a')
    if (haproxy === undefined || victim === undefined) throw new Error('nothing to kill')
    world.swarm.crash(haproxy)
    await pass(world, 15_000)
    world.swarm.crash(victim)
    await pass(world, 30_000)
    expect(world.traffic.requests - requests).toBeGreaterThan(500)
  })
})
