import { strike } from './faults.ts'
import { atRest, leftovers, unfinished } from './liveness.ts'
import { Random } from './random.ts'
import { World } from './world.ts'

/** ms */
const SETTLING = 25_000
const TURBULENCE = 60_000
const RESTING = 180_000
const CONVERGENCE = 30_000
const IDLE = 60_000
/** Of each controller in an idle minute: it looks every 5 s, and for a moment more often before. */
const IDLE_OBSERVATIONS = 16

export class Violation extends Error {}

/** One history: turbulence, then peace, and then it must all come right and stay so. Rejects with a Violation. */
export async function play(seed: number): Promise<World> {
  const random = new Random(seed)
  const world = new World(seed, random.chance(0.7))
  const pass = async (ms: number) => {
    await world.pass(ms)
    if (world.history.violation !== null) throw violation(world, seed, world.history.violation)
  }
  world.start()
  for (let count = random.between(1, 3); count > 0; count -= 1) world.people.deploy()
  await pass(SETTLING)

  const faults = random.chance(0.8)
  const end = world.clock.now() + TURBULENCE
  let peaceUntil = 0
  while (world.clock.now() < end) {
    world.people.act()
    if (faults && world.clock.now() >= peaceUntil && random.chance(0.5))
      peaceUntil = world.clock.now() + strike(world, random) + (random.chance(0.3) ? 25_000 : 0)
    await pass(random.between(200, 4000))
  }
  await pass(35_000)

  await until(
    () => atRest(world),
    RESTING,
    pass,
    () => violation(world, seed, 'the Swarm itself does not come to rest'),
  )
  const left = () => unfinished(world)
  await until(
    () => left().length === 0,
    CONVERGENCE,
    pass,
    () =>
      violation(
        world,
        seed,
        `not right ${CONVERGENCE / 1000} s after everything else is: ${left().join('; ')}`,
      ),
  )
  // Long enough for every grace to end.
  await pass(65_000)
  if (leftovers(world).length > 0) throw violation(world, seed, leftovers(world).join('; '))
  const { writes } = world.safety
  const looked = world.engines.map(({ observations }) => observations)
  await pass(IDLE)
  if (world.safety.writes > writes)
    throw violation(world, seed, `an idle world: ${world.safety.writes - writes} writes`)
  for (const [index, engine] of world.engines.entries()) {
    const count = engine.observations - (looked[index] ?? 0)
    if (count > IDLE_OBSERVATIONS)
      throw violation(world, seed, `an idle world: ${count} observations by ${engine.node.id} in a minute`)
  }
  return world
}

async function until(
  condition: () => boolean,
  ms: number,
  pass: (ms: number) => Promise<void>,
  otherwise: () => Violation,
): Promise<void> {
  for (let waited = 0; !condition(); waited += 500) {
    if (waited > ms) throw otherwise()
    await pass(500)
  }
}

function violation(world: World, seed: number, what: string): Violation {
  return new Violation(`seed ${seed}: ${what}\n${world.history.tail(Number(process.env.TAIL ?? 60))}`)
}
