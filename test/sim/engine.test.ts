import { describe, expect, it } from 'vitest'
import { unfinished } from './liveness.ts'
import { HONEST } from './swarm/engine.ts'
import { pass, registered, runningIn, service, until, worldWith } from './stage.ts'

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
    for (const engine of world.engines) engine.trouble = { ...HONEST, lostEvent: 1 }
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
    const writes = ({ node }: typeof first) => world.safety.writesBy.get(node.id) ?? 0
    first.hangs = true
    world.safety.disturbed(60_000)
    world.swarm.elect(second.node)
    await pass(world, 15_000)
    const before = [writes(first), writes(second)]
    // There is something to do, which the one that hangs would do as well as it could.
    world.swarm.update(service(world, 'a'))
    await pass(world, 45_000)
    expect(writes(first)).toBe(before[0])
    expect(writes(second)).toBeGreaterThan(before[1] ?? 0)
    await until(world, 20_000, () => unfinished(world).length === 0)
  })
})
