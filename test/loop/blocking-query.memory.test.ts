/** Alone in its process, which tells when garbage is collected: whether something is held is a question to the engine. */
import { expect, it } from 'vitest'
import type { Answer } from '../../src/lib/blocking-query.ts'
import { blockingQuery } from '../../src/loop/blocking-query.ts'
import { VirtualClock } from './virtual-clock.ts'

it('a blocking query runs for ever and holds none of its answers and signals', async () => {
  const clock = new VirtualClock()
  const held: WeakRef<object>[] = []
  let count = 0
  const query = async (_index: number | null, signal: AbortSignal): Promise<Answer<object>> => {
    count += 1
    if (count % 10 === 0) throw new Error('now and then')
    const value = {}
    held.push(new WeakRef(value), new WeakRef(signal))
    return { index: count, value }
  }
  const options = { retry: { first: 1, max: 1 }, minInterval: 1, scheduler: clock }
  const subscription = blockingQuery(query, options).subscribe()
  await clock.advance(10_000)
  expect(count).toBeGreaterThanOrEqual(10_000)
  collectGarbage()
  await clock.advance(0)
  collectGarbage()
  expect(held.filter((ref) => ref.deref() !== undefined).length).toBeLessThan(20)
  subscription.unsubscribe()
})

function collectGarbage(): void {
  if (globalThis.gc === undefined) throw new Error('to be run with --expose-gc: --project=memory does so')
  globalThis.gc()
}
