import { NEVER, Subject, of, throwError, type Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { reconcileKeyed, type KeyedOptions, type Reconciled } from '../../src/loop/reconcile-keyed.ts'
import { done, retry, retryAfter, type Outcome } from '../../src/loop/outcome.ts'
import { VirtualClock } from './virtual-clock.ts'

const BACKOFF = { first: 100, max: 400 }
const keyOf = (key: string): string => key

type Step = Outcome | 'throw'

/** Works each key through its script (the last entry for ever), in `workMs` of virtual time a try. */
function rig(
  script: Record<string, readonly Step[]>,
  workMs = 10,
  options: Partial<KeyedOptions<string>> = {},
) {
  const clock = new VirtualClock()
  const starts: string[] = []
  const log: Reconciled[] = []
  const tries = new Map<string, number>()
  const ended: string[] = []
  const work = async (key: string): Promise<Outcome> => {
    starts.push(`${clock.now()} ${key}`)
    const count = tries.get(key) ?? 0
    tries.set(key, count + 1)
    await clock.sleep(workMs)
    const step = script[key]?.at(Math.min(count, script[key].length - 1)) ?? done
    if (step === 'throw') throw new Error(`${key} broke`)
    return step
  }
  const follow = (keys$: Observable<string>) =>
    reconcileKeyed(keys$, work, {
      keyOf,
      concurrency: 1,
      backoff: BACKOFF,
      scheduler: clock,
      random: () => 0.5,
      ...options,
    }).subscribe({
      next: (entry) => log.push(entry),
      error: (error: unknown) => ended.push(String(error)),
    })
  return { clock, starts, log, ended, follow }
}

describe('reconcileKeyed', () => {
  it('works hinted keys in order, as many at once as allowed', async () => {
    const { clock, starts, follow } = rig({}, 10, { concurrency: 2 })
    follow(of('a', 'b', 'c', 'd'))
    await clock.finish()
    expect(starts).toEqual(['0 a', '0 b', '10 c', '10 d'])
  })

  it('works a key once more for all hints that came during its work', async () => {
    const { clock, starts, log, follow } = rig({})
    follow(of('a', 'a', 'a', 'b', 'a'))
    await clock.finish()
    expect(starts).toEqual(['0 a', '10 b', '20 a'])
    expect(log.map(({ key, nextInMs }) => [key, nextInMs])).toEqual([
      ['a', 0],
      ['b', null],
      ['a', null],
    ])
  })

  it('backs off from a key that fails, and begins anew after a success', async () => {
    const fail = retry('not yet')
    const { clock, log, follow } = rig({ a: [fail, fail, fail, fail, done, fail, done] }, 0)
    const hints = new Subject<string>()
    follow(hints)
    hints.next('a')
    await clock.finish()
    hints.next('a')
    await clock.finish()
    expect(log.map(({ outcome, attempt, nextInMs }) => [outcome.kind, attempt, nextInMs])).toEqual([
      ['retry', 1, 75],
      ['retry', 2, 150],
      ['retry', 3, 300],
      ['retry', 4, 300],
      ['done', 5, null],
      ['retry', 1, 75],
      ['done', 2, null],
    ])
    expect(clock.now()).toBe(75 + 150 + 300 + 300 + 75)
  })

  it('takes a rejection for a retry that says why', async () => {
    const { clock, log, follow } = rig({ a: ['throw', done] }, 0)
    follow(of('a'))
    await clock.finish()
    expect(log.map(({ outcome }) => outcome)).toEqual([retry('a broke'), done])
  })

  it('comes back when the work says so, which is no failure', async () => {
    const { clock, starts, log, follow } = rig(
      { a: [retry('x'), retryAfter(5000, 'draining'), retry('x'), done] },
      0,
    )
    follow(of('a'))
    await clock.finish()
    expect(starts).toEqual(['0 a', '75 a', '5075 a', '5150 a'])
    expect(log.map(({ attempt }) => attempt)).toEqual([1, 2, 1, 2])
  })

  it('looks at once at a waiting key with news, without making its next wait shorter', async () => {
    const { clock, starts, log, follow } = rig({ a: [retry('x')] }, 0)
    const hints = new Subject<string>()
    const subscription = follow(hints)
    hints.next('a')
    await clock.advance(20)
    hints.next('a')
    await clock.advance(149)
    expect(starts).toEqual(['0 a', '20 a'])
    await clock.advance(1)
    expect(starts).toEqual(['0 a', '20 a', '170 a'])
    expect(log.map(({ attempt }) => attempt)).toEqual([1, 2, 3])
    subscription.unsubscribe()
  })

  it('keeps working other keys while one waits', async () => {
    const { clock, starts, follow } = rig({ a: [retry('x'), done] })
    follow(of('a', 'b', 'c'))
    await clock.finish()
    expect(starts).toEqual(['0 a', '10 b', '20 c', '85 a'])
  })

  it('passes on an error of its source', () => {
    const { ended, follow } = rig({})
    follow(throwError(() => new Error('no hints')))
    expect(ended).toEqual(['Error: no hints'])
  })

  it('works each of the items of a key by the newest', async () => {
    const clock = new VirtualClock()
    const worked: string[] = []
    const items = new Subject<{ readonly key: string; readonly text: string }>()
    const work = async ({ key, text }: { readonly key: string; readonly text: string }): Promise<Outcome> => {
      worked.push(`${key} ${text}`)
      await clock.sleep(10)
      return done
    }
    const options = { keyOf: ({ key }: { readonly key: string }) => key, concurrency: 1, backoff: BACKOFF }
    reconcileKeyed(items, work, { ...options, scheduler: clock }).subscribe()
    for (const text of ['first', 'second', 'third']) items.next({ key: 'a', text })
    items.next({ key: 'b', text: 'only' })
    await clock.finish()
    expect(worked).toEqual(['a first', 'b only', 'a third'])
  })

  it('begins no work and forgets waiting keys when unsubscribed', async () => {
    const { clock, starts, log, follow } = rig({ failing: [retry('x')] }, 10, { concurrency: 2 })
    const subscription = follow(of('failing', 'slow', 'late'))
    await clock.advance(10)
    expect(starts).toEqual(['0 failing', '0 slow', '10 late'])
    subscription.unsubscribe()
    await clock.finish()
    expect(starts).toHaveLength(3)
    expect(log.map(({ key }) => key)).toEqual(['failing', 'slow'])
  })

  it('survives thousands of keys whose work throws instead of rejecting', async () => {
    const clock = new VirtualClock()
    let count = 0
    const keys = Array.from({ length: 5000 }, (_, n) => `k${n}`)
    const options = { keyOf, concurrency: 1, backoff: { first: 100, max: 100 }, scheduler: clock }
    const subscription = reconcileKeyed(of(...keys), throwAtOnce, options).subscribe(() => count++)
    await clock.advance(0)
    expect(count).toBe(5000)
    subscription.unsubscribe()
  })

  it('does nothing unhinted', async () => {
    const { clock, starts, follow } = rig({})
    follow(NEVER)
    await clock.advance(100_000)
    expect(starts).toEqual([])
  })
})

function throwAtOnce(): Promise<Outcome> {
  throw new Error('sync')
}
