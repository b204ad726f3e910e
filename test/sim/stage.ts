import { atRest, unfinished } from './liveness.ts'
import { serves } from './swarm/data.ts'
import type { SimService, SimTask } from './swarm/data.ts'
import { World } from './world.ts'

const PLAIN = { place: 'label', order: 'start-first', replicas: 3, tcp: null } as const

/** A world in which services of these names run with three tasks each, and all is well. */
export async function worldWith(
  names: readonly string[],
  place: 'label' | 'config' = 'label',
): Promise<World> {
  const world = new World(1)
  world.start()
  for (const name of names) world.people.introduce(name, { ...PLAIN, place })
  await until(world, 60_000, () => atRest(world) && unfinished(world).length === 0)
  // No request is judged, and no drain, soon after trouble.
  await pass(world, 40_000)
  return world
}

/** Lets time pass, and nothing in it may happen that must not. */
export async function pass(world: World, ms: number): Promise<void> {
  await world.pass(ms)
  const { violation } = world.history
  if (violation !== null) throw new Error(`${violation.rule}: ${violation.text}\n${world.history.tail(60)}`)
}

/** Lets time pass until the condition holds, so many ms at most. */
export async function until(world: World, ms: number, condition: () => boolean): Promise<void> {
  for (let waited = 0; waited < ms && !condition(); waited += 250) await pass(world, 250)
  if (!condition()) throw new Error([...unfinished(world), world.history.tail(60)].join('\n'))
}

export function service(world: World, name: string): SimService {
  const found = world.swarm.service(`demo_${name}`)
  if (found === null) throw new Error(`no service ${name}`)
  return found
}

/** IDs of what is registered anywhere, and is not in maintenance unless `drained`. */
export function registered(world: World, drained = true): string[] {
  const agents = world.swarm.nodes.flatMap(({ id }) => world.consul.agent(id) ?? [])
  const instances = agents.flatMap((agent) => [...agent.instances])
  return instances
    .filter(([, { maintenance }]) => drained || maintenance === null)
    .map(([id]) => id)
    .toSorted()
}

/** Tasks of `demo_<name>` that serve. */
export function runningIn(world: World, name: string): SimTask[] {
  return [...world.swarm.tasks.values()].filter(
    (task) => task.service.name === `demo_${name}` && serves(task),
  )
}

/** Nothing is declared any more. */
export function withdrawAll({ specs, authors }: World): void {
  for (const declared of specs.all.values()) authors.withdraw(declared, null)
}
