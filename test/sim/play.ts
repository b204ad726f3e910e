import { Strikes } from './faults.ts'
import { atRest, leftovers, unfinished } from './liveness.ts'
import { Random } from './random.ts'
import { RULES } from './safety.ts'
import type { Rule } from './safety.ts'
import { World } from './world.ts'

/** ms: most are short, for many are wanted; in a long one there is time for trouble, peace, and trouble again. */
const SHORT = [5000, 20_000] as const
const LONG = [40_000, 70_000] as const
/** ms: for the Swarm itself to come to rest, and from then on for all that follows it. */
const REST = 180_000
const CONVERGENCE = 20_000
/** ms: long enough for everything to be well again after faults, and for a rollout in peace. */
const CALM = 40_000
/** ms: for tasks that merely vanished to be forgotten. */
const GRACE = 65_000
const IDLE = 60_000
/** Of each controller in half an idle minute: it looks every 5 s. */
const IDLE_OBSERVATIONS = 8

/** What was broken, and by which history. */
export class Violation extends Error {
  readonly rule: Rule
  /** How many faults there were in the history up to then. */
  readonly faults: number

  constructor(message: string, rule: Rule, faults: number) {
    super(message)
    this.rule = rule
    this.faults = faults
  }
}

export interface Story {
  readonly seed: number
  /** Without trouble people alone make the turbulence. */
  readonly troubled: boolean
  /** Numbers of the faults that really strike, null for all. */
  readonly kept: ReadonlySet<number> | null
}

/**
 * One history: turbulence, then peace, and then it must all come right and stay so. Rejects with a Violation.
 */
export async function play({ seed, troubled, kept }: Story): Promise<World> {
  const random = new Random(seed)
  const world = new World(seed, random.chance(0.7))
  const strikes = new Strikes(world, random, kept)
  const show = new Show(world, seed, strikes)
  world.start()
  await show.pass(1000)
  for (let count = random.between(1, 2); count > 0; count -= 1) world.people.deploy()
  await show.until('no rest', REST, () => (atRest(world) ? null : 'the Swarm does not come up'))
  await turbulence(world, random, show, troubled ? strikes : null)
  await show.until('no rest', REST, () => (atRest(world) ? null : 'the Swarm does not come to rest'))
  await show.until('not as declared', CONVERGENCE, () => unfinished(world).join('; ') || null)
  await idle(world, show)
  if (leftovers(world).length > 0) show.end('task left over', leftovers(world).join('; '))
  return world
}

async function turbulence(world: World, random: Random, show: Show, strikes: Strikes | null): Promise<void> {
  const { clock, people } = world
  const [least, most] = random.chance(0.2) ? LONG : SHORT
  const end = clock.now() + random.between(least, most)
  let peace = 0
  let over = 0
  while (clock.now() < end || clock.now() < over) {
    if (clock.now() < end) people.act()
    if (strikes !== null && clock.now() < end && clock.now() >= peace && random.chance(0.5)) {
      const { lasts, alone } = strikes.next()
      over = Math.max(over, clock.now() + lasts)
      peace = clock.now() + (alone ? lasts : 0) + (random.chance(0.3) ? CALM : 0)
    }
    await show.pass(random.between(200, 4000))
  }
}

async function idle(world: World, show: Show): Promise<void> {
  const quiet = () => world.clock.now() - world.safety.lastWrite
  await show.until('idle world written to', GRACE + IDLE, () => (quiet() > IDLE ? null : `${quiet()} ms ago`))
  const looked = world.engines.map(({ observations }) => observations)
  await show.pass(IDLE / 2)
  for (const [index, { observations, node }] of world.engines.entries()) {
    const count = observations - (looked[index] ?? 0)
    if (count > IDLE_OBSERVATIONS) {
      show.end('idle world looked at', `${count} observations by ${node.id} in half a minute`)
    }
  }
}

/** Lets a world go on for as long as nothing happens in it that must not. */
class Show {
  readonly #world: World
  readonly #seed: number
  readonly #strikes: Strikes

  constructor(world: World, seed: number, strikes: Strikes) {
    this.#world = world
    this.#seed = seed
    this.#strikes = strikes
  }

  async pass(ms: number): Promise<void> {
    await this.#world.pass(ms)
    const { violation } = this.#world.history
    if (violation !== null) this.end(violation.rule, violation.text)
  }

  /** `lacking` says what is not yet so, null once all is. */
  async until(rule: Rule, ms: number, lacking: () => string | null): Promise<void> {
    for (let waited = 0; lacking() !== null; waited += 500) {
      if (waited > ms) this.end(rule, `not within ${ms / 1000} s: ${lacking()}`)
      await this.pass(500)
    }
  }

  end(rule: Rule, what: string): never {
    const lines = Number(process.env.SHOAL_SIM_LINES ?? 60)
    const message = `seed ${this.#seed}: ${rule}: ${what}\n(${RULES[rule]})\n${this.#world.history.tail(lines)}`
    throw new Violation(message, rule, this.#strikes.count)
  }
}
