import { describe, expect, it } from 'vitest'
import type { Rule } from './safety.ts'
import { pass, runningIn, service, worldWith } from './stage.ts'
import type { World } from './world.ts'

/** How often a rule was judged in this world so far. None was broken: `pass` would have said so. */
function judged({ promptness }: World, rule: Rule): number {
  return promptness.judged.get(rule) ?? 0
}

/** Has the same happen again and again, until the rule was judged often enough; gives how often that was. */
async function rounds(world: World, rule: Rule, ms: number, act: (round: number) => void): Promise<number> {
  for (let round = 0; round < 60 && judged(world, rule) < ENOUGH; round += 1) {
    act(round)
    await pass(world, ms)
  }
  return judged(world, rule)
}

/** So that chance plays no part. */
const ENOUGH = 8

describe('in peace', () => {
  it('a task that is to stop is drained in every HAProxy at once, when scaled down and in a rollout', async () => {
    const world = await worldWith(['a', 'b'])
    world.swarm.scale(service(world, 'a'), 6)
    await pass(world, 20_000)
    world.swarm.scale(service(world, 'a'), 2)
    await pass(world, 10_000)
    expect(judged(world, 'drain late')).toBe(4)
    world.swarm.update(service(world, 'b'))
    await pass(world, 60_000)
    expect(judged(world, 'drain late')).toBe(7)
  })

  it('the last tasks of a service are asked for a while, and left alone before they get SIGTERM', async () => {
    const world = await worldWith(['a'])
    const tasks = runningIn(world, 'a')
    world.swarm.scale(service(world, 'a'), 0)
    await pass(world, 1000)
    expect(tasks.some((task) => (world.traffic.lastRequest(task) ?? 0) > (task.stoppedAt ?? 0) + 500)).toBe(
      true,
    )
    await pass(world, 20_000)
    expect(runningIn(world, 'a')).toEqual([])
  })

  it('a new service, and a changed one, are in every HAProxy at once', async () => {
    const world = await worldWith(['a'])
    const before = judged(world, 'policy late')
    const options = { order: 'start-first', replicas: 2, tcp: null } as const
    for (const place of ['label', 'config'] as const) {
      const declared = world.people.introduce(`new-${place}`, { ...options, place })
      await pass(world, 15_000)
      world.authors.declare(declared, service(world, declared.name))
      await pass(world, 1700)
    }
    expect(judged(world, 'policy late') - before).toBe(4)
  })

  it('a task that dies unannounced is deregistered as soon as its check fails', async () => {
    const world = await worldWith(['a', 'b'])
    // Neither in step with the checks nor with the looks at everything.
    const count = await rounds(world, 'dead task registered', 20_350, () => {
      const [victim] = runningIn(world, 'a')
      if (victim !== undefined) world.swarm.crash(victim)
    })
    expect(count).toBeGreaterThanOrEqual(ENOUGH)
  })

  it('a Consul agent in place of another has everything registered at once at its new address', async () => {
    const world = await worldWith(['a', 'b'])
    const count = await rounds(world, 'new agent unused', 30_450, (round) => {
      world.containers.restartAgent(`n${(round % 3) + 1}`, false)
    })
    expect(count).toBeGreaterThanOrEqual(ENOUGH)
  })
})
