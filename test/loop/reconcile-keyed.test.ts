import { NEVER, Subject, of, throwError, type Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { reconcileKeyed, type KeyedOptions, type Reconciled } from '../../src/loop/reconcile-keyed.ts'
import { done, giveUp, retry, retryAfter, type Outcome } from '../../src/loop/outcome.ts'
import { VirtualClock, never } from './virtual-clock.ts'

type Step = Outcome | 'throw'

/** Works each key through its script (the last entry for ever), in `workMs` of virtual time a try. */
function rig(script: Record<string, readonly Step[]>, workMs = 10, options: Partial<KeyedOptions> = {}) {
  const clock = new VirtualClock()
  const starts: string[] = []
  const log: Reconciled<string>[] = []
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
      concurrency: 1,
      backoff: { first: 100, max: 400 },
      scheduler: clock,
      random: () => 0.5,
      ...options,
    }).subscribe({
      next: (entry) => log.push(entry),
      error: (error: unknown) => ended.push(String(error)),
      complete: () => ended.push('complete'),
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

  it('leaves a key that was given up until the next hint', async () => {
    const { clock, starts, log, follow } = rig(
      { a: [retry('x'), giveUp('spec is wrong'), retry('x'), done] },
      0,
    )
    const hints = new Subject<string>()
    follow(hints)
    hints.next('a')
    await clock.advance(100_000)
    expect(starts).toEqual(['0 a', '75 a'])
    expect(log.at(-1)?.nextInMs).toBeNull()
    hints.next('a')
    await clock.finish()
    expect(starts.slice(2)).toEqual(['100000 a', '100075 a'])
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

  it('completes when nothing is left to do, retries included', async () => {
    const { clock, ended, follow } = rig({ a: [retry('x'), done] })
    follow(of('a'))
    await clock.advance(94)
    expect(ended).toEqual([])
    await clock.advance(1)
    expect(ended).toEqual(['complete'])
    follow(of())
    expect(ended).toEqual(['complete', 'complete'])
  })

  it('passes on an error of its source', () => {
    const { ended, follow } = rig({})
    follow(throwError(() => new Error('no hints')))
    expect(ended).toEqual(['Error: no hints'])
  })

  it('aborts running work and forgets waiting keys when unsubscribed', async () => {
    const clock = new VirtualClock()
    const signals: AbortSignal[] = []
    const work = (key: string, signal: AbortSignal): Promise<Outcome> => {
      signals.push(signal)
      return key === 'slow' ? never() : Promise.resolve(retry('x'))
    }
    const options = { concurrency: 2, backoff: { first: 100, max: 400 }, scheduler: clock }
    const subscription = reconcileKeyed(of('failing', 'slow'), work, options).subscribe()
    await clock.advance(10)
    expect(clock.actions).toHaveLength(1)
    subscription.unsubscribe()
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
    expect(clock.actions).toEqual([])
  })

  it('survives thousands of keys whose work throws instead of rejecting', async () => {
    const clock = new VirtualClock()
    let count = 0
    const keys = Array.from({ length: 5000 }, (_, n) => `k${n}`)
    const options = { concurrency: 1, backoff: { first: 100, max: 100 }, scheduler: clock }
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
