import { describe, expect, it } from 'vitest'
import type { Answer } from '../../src/lib/blocking-query.ts'
import { blockingQuery, type BlockingQueryOptions } from '../../src/loop/blocking-query.ts'
import { VirtualClock, never } from './virtual-clock.ts'

interface Reply {
  /** ms until it is answered */
  readonly after?: number
  readonly index?: number
  readonly value?: string
  readonly error?: string
}

/** Answers the n-th query with the n-th reply, and none after the last. */
async function ask(replies: readonly Reply[], options: Partial<BlockingQueryOptions> = {}) {
  const clock = new VirtualClock()
  const asked: (readonly [number, number | null])[] = []
  const values: string[] = []
  const errors: (readonly [string, number])[] = []
  const query = async (index: number | null): Promise<Answer<string>> => {
    const reply = replies[asked.length]
    asked.push([clock.now(), index])
    if (!reply) return never()
    await clock.sleep(reply.after ?? 0)
    if (reply.error !== undefined) throw new Error(reply.error)
    return { index: reply.index ?? Number.NaN, value: reply.value ?? '' }
  }
  const subscription = blockingQuery(query, {
    retry: { first: 1000, max: 4000 },
    scheduler: clock,
    random: () => 0.5,
    onError: (error, retryInMs) => errors.push([String(error), retryInMs]),
    ...options,
  }).subscribe((value) => values.push(value))
  await clock.finish()
  subscription.unsubscribe()
  return { asked, values, errors, indexes: asked.map(([, index]) => index) }
}

describe('blockingQuery', () => {
  it('asks on from the last index, at once when the query blocked', async () => {
    const { asked, values } = await ask([
      { index: 7, value: 'a' },
      { after: 200, index: 9, value: 'b' },
    ])
    expect(values).toEqual(['a', 'b'])
    expect(asked).toEqual([
      [0, null],
      [50, 7],
      [250, 9],
    ])
  })

  it('emits nothing when the index is the same', async () => {
    const { values, indexes } = await ask([
      { index: 7, value: 'a' },
      { index: 7, value: 'a' },
      { index: 8, value: 'b' },
    ])
    expect(values).toEqual(['a', 'b'])
    expect(indexes).toEqual([null, 7, 7, 8])
  })

  it('drops an answer whose index went back, and asks anew without one', async () => {
    const { values, indexes } = await ask([
      { index: 70, value: 'a' },
      { index: 3, value: 'dubious' },
      { index: 4, value: 'b' },
    ])
    expect(values).toEqual(['a', 'b'])
    expect(indexes).toEqual([null, 70, null, 4])
  })

  it.each([0, -1, Number.NaN])('waits beyond 1 after the broken index %d', async (index) => {
    const { values, indexes } = await ask([
      { index, value: 'a' },
      { index, value: 'b' },
      { index: 5, value: 'c' },
    ])
    expect(values).toEqual(['a', 'b', 'c'])
    expect(indexes).toEqual([null, 1, 1, 5])
  })

  it('never asks twice within minInterval, however quick the answers', async () => {
    const replies = Array.from({ length: 20 }, (_, n) => ({ index: n + 1 }))
    const { asked } = await ask(replies, { minInterval: 10 })
    expect(asked.map(([at]) => at)).toEqual(Array.from({ length: 21 }, (_, n) => n * 10))
  })

  it('backs off after errors, says nothing, and then asks without an index', async () => {
    const { asked, values, errors } = await ask([
      { index: 7, value: 'a' },
      { error: 'x' },
      { error: 'y' },
      { error: 'z' },
      { error: 'z' },
      { index: 2, value: 'b' },
      { error: 'x' },
    ])
    expect(values).toEqual(['a', 'b'])
    expect(errors).toEqual([
      ['Error: x', 750],
      ['Error: y', 1500],
      ['Error: z', 3000],
      ['Error: z', 3000],
      ['Error: x', 750],
    ])
    expect(asked.slice(0, 7)).toEqual([
      [0, null],
      [50, 7],
      [800, null],
      [2300, null],
      [5300, null],
      [8300, null],
      [8350, 2],
    ])
  })

  it('emits the first answer after an error though its index is the same: the server may be another', async () => {
    const { values } = await ask([{ index: 7, value: 'a' }, { error: 'x' }, { index: 7, value: 'b' }])
    expect(values).toEqual(['a', 'b'])
  })

  it('keeps to minInterval after errors too, and takes a throw for an error', async () => {
    const clock = new VirtualClock()
    const asked: number[] = []
    const query = (): Promise<Answer<string>> => {
      asked.push(clock.now())
      throw new Error('sync')
    }
    const options = { retry: { first: 0, max: 0 }, minInterval: 25, scheduler: clock }
    const subscription = blockingQuery(query, options).subscribe()
    await clock.advance(60)
    subscription.unsubscribe()
    expect(asked).toEqual([0, 25, 50])
  })

  it('is not held up by a clock that was set back', async () => {
    const clock = new VirtualClock()
    let offset = 0
    const scheduler = { now: () => clock.now() - offset, schedule: clock.schedule.bind(clock) }
    const asked: number[] = []
    const query = async (): Promise<Answer<string>> => {
      asked.push(clock.now())
      await clock.sleep(10)
      offset += 3_600_000
      return { index: asked.length, value: '' }
    }
    const subscription = blockingQuery(query, { retry: { first: 1, max: 1 }, scheduler }).subscribe()
    await clock.advance(130)
    subscription.unsubscribe()
    expect(asked).toEqual([0, 60, 120])
  })

  it('aborts the query and asks no more when unsubscribed', async () => {
    const clock = new VirtualClock()
    const signals: AbortSignal[] = []
    const query = (_index: number | null, signal: AbortSignal): Promise<Answer<string>> => {
      signals.push(signal)
      return never()
    }
    const subscription = blockingQuery(query, { retry: { first: 1, max: 1 }, scheduler: clock }).subscribe()
    await clock.advance(10)
    subscription.unsubscribe()
    await clock.advance(1000)
    expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    expect(clock.actions).toEqual([])
  })

  it('begins anew for each subscriber', async () => {
    const clock = new VirtualClock()
    const indexes: (number | null)[] = []
    const query = async (index: number | null): Promise<Answer<string>> => {
      indexes.push(index)
      return index === null ? { index: 5, value: 'a' } : never()
    }
    const stream = blockingQuery(query, { retry: { first: 1, max: 1 }, scheduler: clock })
    const subscriptions = [stream.subscribe(), stream.subscribe()]
    await clock.advance(100)
    for (const subscription of subscriptions) subscription.unsubscribe()
    expect(indexes).toEqual([null, null, 5, 5])
  })

  it('runs for ever without the stack growing', async () => {
    const clock = new VirtualClock()
    const depths = new Map<number, number>()
    let count = 0
    const query = async (): Promise<Answer<object>> => {
      count += 1
      if (count % 1000 === 10) depths.set(count, stackDepth())
      if (count % 10 === 0) throw new Error('now and then')
      return { index: count, value: {} }
    }
    const options = { retry: { first: 1, max: 1 }, minInterval: 1, scheduler: clock }
    const subscription = blockingQuery(query, options).subscribe()
    await clock.advance(10_000)
    expect(count).toBeGreaterThanOrEqual(10_000)
    expect(new Set(depths.values()).size).toBe(1)
    subscription.unsubscribe()
  })
})

function stackDepth(): number {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = Infinity
  const depth = new Error('here').stack?.split('\n').length ?? 0
  Error.stackTraceLimit = limit
  return depth
}
