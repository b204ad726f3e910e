import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/lib/blocking-query.ts'
import { watching } from '../../src/loop/watching.ts'
import { VirtualClock, never, seeded } from './virtual-clock.ts'

const SECOND = 1000

/** A Consul whose servers can lose their power: what they were asked stays unanswered. */
class FakeConsul {
  readonly clock = new VirtualClock()
  /** Who is alive, by the gossip; null while the Consul agent does not answer. */
  servers: string | null = 'a'
  /** What a question without an index gets: an index, an error, or nothing at all. */
  answers: number | Error | null = 1
  /** Names, times in ms and indexes of all questions. */
  readonly asked: { readonly name: string; readonly at: number; readonly index: number | null }[] = []
  readonly log: string[] = []
  beats = 0

  readonly query =
    (name: string) =>
    async (index: number | null): Promise<Answer<string>> => {
      this.asked.push({ name, at: this.clock.now(), index })
      await this.clock.sleep(1)
      const { answers } = this
      if (answers instanceof Error) throw answers
      if (index !== null || answers === null) return never()
      return { index: answers, value: `${name} ${answers}` }
    }

  watching(random = () => 0.5) {
    const tell = (_: object, message: string) => void this.log.push(message)
    const aliveServers = async () => {
      this.beats += 1
      await this.clock.sleep(1)
      if (this.servers === null) throw new Error('no answer in 10 s')
      return this.servers
    }
    const log = { info: tell, warn: tell, error: tell }
    return watching(log, aliveServers, { scheduler: this.clock, random })
  }

  /** What was asked since a time, by name. */
  since(ms: number): string[] {
    return this.asked.filter(({ at }) => at >= ms).map(({ name }) => name)
  }
}

/** One that follows these, after ten seconds in which all is well. */
async function following(names: readonly string[], random?: () => number) {
  const consul = new FakeConsul()
  const { watch, silent } = consul.watching(random)
  const values: string[] = []
  const subscriptions = names.map((name) =>
    watch(name, consul.query(name)).subscribe((value) => values.push(value)),
  )
  await consul.clock.advance(10 * SECOND)
  values.length = 0
  return { consul, clock: consul.clock, watch, silent, values, subscriptions }
}

describe('questions that a server without power has swallowed', () => {
  it('are asked anew, without an index, as soon as other servers are alive', async () => {
    const { consul, clock, values } = await following(['www', 'api'])
    consul.answers = 2
    consul.servers = 'b'
    await clock.advance(1100)
    expect(values.toSorted()).toEqual(['api 2', 'www 2'])
    expect(consul.asked.filter(({ at, index }) => at > 10 * SECOND && index === null)).toHaveLength(2)
  })

  it('are asked anew as soon as Consul answers anything again', async () => {
    const { consul, clock, watch, values } = await following(['www'])
    consul.answers = new Error('500 No cluster leader')
    watch('api', consul.query('api')).subscribe((value) => values.push(value))
    await clock.advance(2 * SECOND)
    expect(values).toEqual([])
    consul.answers = 2
    await clock.advance(2 * SECOND)
    expect(values.toSorted()).toEqual(['api 2', 'www 2'])
  })

  it('are asked anew when the Consul agent answers again', async () => {
    const { consul, clock, silent, values } = await following(['www'])
    let isSilent = false
    silent.subscribe((now) => (isSilent = now))
    consul.servers = null
    await clock.advance(2 * SECOND)
    expect([isSilent, values]).toEqual([true, []])
    consul.servers = 'a'
    consul.answers = 2
    await clock.advance(2 * SECOND)
    expect([isSilent, values]).toEqual([false, ['www 2']])
  })
})

describe('questions that failed', () => {
  it('are asked again as soon as one of them is answered, however long each was to wait', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `s${index}`)
    const { consul, clock, watch, values } = await following([], seeded(1))
    consul.answers = new Error('500 No cluster leader')
    for (const name of names) watch(name, consul.query(name)).subscribe((value) => values.push(value))
    await clock.advance(30 * SECOND)
    consul.answers = 2
    while (values.length === 0) await clock.advance(10)
    await clock.advance(150)
    expect(values).toHaveLength(names.length)
    await clock.advance(20 * SECOND)
    expect(values).toHaveLength(names.length)
  })
})

describe('asking everything anew', () => {
  const MANY = Array.from({ length: 400 }, (_, index) => `s${index}`)

  it('is spread over two seconds if it is four hundred questions', async () => {
    const { consul, clock } = await following(MANY, seeded(1))
    consul.servers = 'b'
    await clock.advance(7 * SECOND)
    const anew = consul.asked.filter(({ at, index }) => at >= 10 * SECOND && index === null)
    expect(new Set(anew.map(({ name }) => name)).size).toBe(MANY.length)
    const perSecond = Map.groupBy(anew, ({ at }) => Math.floor(at / SECOND))
    expect(Math.max(...[...perSecond.values()].map((each) => each.length))).toBeLessThan(250)
  })

  it('happens once in ten seconds at most, however often servers come and go', async () => {
    const { consul, clock } = await following(['www'])
    for (let second = 0; second < 20; second += 1) {
      consul.servers = `server ${second}`
      await clock.advance(SECOND)
    }
    const anew = consul.asked.filter(({ at, index }) => at > 10 * SECOND && index === null)
    expect(anew.length).toBeLessThanOrEqual(3)
  })

  it('leaves a question alone that was answered or asked since', async () => {
    const { consul, clock, watch } = await following(['www'], () => 0.999)
    consul.servers = 'b'
    await clock.advance(900)
    consul.asked.length = 0
    watch('late', consul.query('late')).subscribe()
    await clock.advance(5 * SECOND)
    expect(consul.asked.filter(({ name }) => name === 'late').map(({ index }) => index)).toEqual([null, 1])
  })

  it('never happens while all is well', async () => {
    const { consul, clock } = await following(['www', 'api'])
    await clock.advance(600 * SECOND)
    expect(consul.since(10 * SECOND)).toEqual([])
    expect(consul.log).toEqual([])
  })
})

describe('the question for the servers', () => {
  it('is asked once a second for all watches together, and by nobody once none is left', async () => {
    const { consul, clock, subscriptions } = await following(['www', 'api', 'db'])
    expect(consul.beats).toBeGreaterThanOrEqual(9)
    expect(consul.beats).toBeLessThanOrEqual(11)
    for (const subscription of subscriptions) subscription.unsubscribe()
    const { beats } = consul
    await clock.advance(10 * SECOND)
    expect(consul.beats).toBe(beats)
  })
})
