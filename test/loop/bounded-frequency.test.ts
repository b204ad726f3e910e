import { NEVER, Subject, of, throwError } from 'rxjs'
import type { Observable } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { boundedFrequency } from '../../src/loop/bounded-frequency.ts'
import type { BoundedFrequencyOptions } from '../../src/loop/bounded-frequency.ts'
import { VirtualClock, seeded } from './virtual-clock.ts'

/** Runs take `runMs`; the n-th fails if `fails(n)` (from 1). */
function rig(
  options: Partial<BoundedFrequencyOptions> = {},
  { runMs = 0, fails = (_run: number): boolean => false } = {},
) {
  const clock = new VirtualClock()
  const starts: number[] = []
  const results: number[] = []
  const errors: (readonly [string, number])[] = []
  const ended: string[] = []
  let running = 0
  const run = async (): Promise<number> => {
    starts.push(clock.now())
    const count = starts.length
    running += 1
    expect(running).toBe(1)
    if (runMs > 0) await clock.sleep(runMs)
    running -= 1
    if (fails(count)) throw new Error(`run ${count}`)
    return count
  }
  const follow = (hints$: Observable<unknown>) =>
    boundedFrequency(hints$, run, {
      minInterval: 100,
      maxInterval: 1000,
      retryInterval: 300,
      random: () => 0.5,
      scheduler: clock,
      onError: (error, nextInMs) => errors.push([String(error), nextInMs]),
      ...options,
    }).subscribe({
      next: (result) => results.push(result),
      error: (error: unknown) => ended.push(String(error)),
    })
  return { clock, starts, results, errors, ended, follow }
}

describe('boundedFrequency', () => {
  it('runs at once when idle', async () => {
    const { clock, starts, results, follow } = rig()
    const hints = new Subject<void>()
    follow(hints)
    await clock.advance(150)
    expect(starts).toEqual([])
    hints.next()
    await clock.advance(150)
    hints.next()
    expect(starts).toEqual([150, 300])
    await clock.advance(0)
    expect(results).toEqual([1, 2])
  })

  it('makes one trailing run of all hints that come too soon, however many', async () => {
    const { clock, starts, follow } = rig()
    const hints = new Subject<void>()
    follow(hints)
    for (let ms = 0; ms < 250; ms += 10) {
      hints.next()
      await clock.advance(10)
    }
    await clock.advance(500)
    expect(starts).toEqual([0, 100, 200, 300])
  })

  it('does not run twice at once, and pauses after a slow run too', async () => {
    const { clock, starts, results, follow } = rig({}, { runMs: 400 })
    const hints = new Subject<void>()
    follow(hints)
    hints.next()
    await clock.advance(50)
    hints.next()
    hints.next()
    await clock.advance(1000)
    expect(starts).toEqual([0, 500])
    expect(results).toEqual([1, 2])
  })

  it('runs unasked after maxInterval, counted anew from each run', async () => {
    const { clock, starts, follow } = rig()
    const hints = new Subject<void>()
    follow(hints)
    await clock.advance(1500)
    hints.next()
    await clock.advance(2100)
    expect(starts).toEqual([1000, 1500, 2500, 3500])
  })

  it('does not run unasked during a run', async () => {
    const { clock, starts, follow } = rig({}, { runMs: 400 })
    const hints = new Subject<void>()
    follow(hints)
    await clock.advance(900)
    hints.next()
    await clock.advance(1399)
    expect(starts).toEqual([900])
    await clock.advance(1)
    expect(starts).toEqual([900, 2300])
  })

  it('never runs unasked if maxInterval is Infinity', async () => {
    const { clock, starts, follow } = rig({ maxInterval: Infinity, random: () => 0 })
    const hints = new Subject<void>()
    follow(hints)
    await clock.advance(1e9)
    expect(starts).toEqual([])
    hints.next()
    await clock.advance(1e9)
    expect(starts).toEqual([1e9])
  })

  it('jitters maxInterval both ways, within bounds', async () => {
    const { clock, starts, follow } = rig({ random: seeded(7) })
    follow(NEVER)
    await clock.advance(100_000)
    const gaps = starts.slice(1).map((start, n) => start - (starts[n] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(900)
    expect(Math.min(...gaps)).toBeLessThan(950)
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1100)
    expect(Math.max(...gaps)).toBeGreaterThan(1050)
  })

  it('repeats a failed run after retryInterval, and emits nothing for it', async () => {
    const { clock, starts, results, errors, follow } = rig({}, { fails: (run) => run < 3 })
    follow(of('hint'))
    await clock.advance(700)
    expect(starts).toEqual([0, 300, 600])
    expect(results).toEqual([3])
    expect(errors).toEqual([
      ['Error: run 1', 300],
      ['Error: run 2', 300],
    ])
  })

  it('repeats a failed run if nobody listens to errors', async () => {
    const clock = new VirtualClock()
    let runs = 0
    const run = (): Promise<number> => {
      runs += 1
      return runs < 2 ? Promise.reject(new Error('once')) : Promise.resolve(runs)
    }
    const options = { minInterval: 10, maxInterval: Infinity, retryInterval: 30, scheduler: clock }
    boundedFrequency(of('hint'), run, options).subscribe()
    await clock.finish()
    expect([runs, clock.now()]).toEqual([2, 30])
  })

  it('repeats a failed run sooner if hinted at, but not too soon', async () => {
    const { clock, starts, errors, follow } = rig({}, { runMs: 10, fails: (run) => run < 3 })
    const hints = new Subject<void>()
    follow(hints)
    hints.next()
    await clock.advance(20)
    hints.next()
    await clock.advance(95)
    hints.next()
    await clock.advance(500)
    expect(starts).toEqual([0, 110, 220])
    expect(errors.map(([, nextInMs]) => nextInMs)).toEqual([300, 100])
  })

  it('lets no interval undercut minInterval', async () => {
    const { clock, starts, follow } = rig({ retryInterval: 1, maxInterval: 5 }, { fails: (run) => run === 1 })
    const subscription = follow(of('hint'))
    await clock.advance(150)
    expect(starts).toEqual([0, 100])
    subscription.unsubscribe()
    const periodic = rig({ maxInterval: 5 })
    const second = periodic.follow(NEVER)
    await periodic.clock.advance(205)
    expect(periodic.starts).toEqual([5, 105, 205])
    second.unsubscribe()
  })

  it('is not held up by a clock that was set back', async () => {
    const clock = new VirtualClock()
    let offset = 0
    const scheduler = { now: () => clock.now() - offset, schedule: clock.schedule.bind(clock) }
    const hints = new Subject<void>()
    const starts: number[] = []
    const run = async (): Promise<number> => starts.push(clock.now())
    const options = { minInterval: 100, maxInterval: Infinity, retryInterval: 300, scheduler }
    const subscription = boundedFrequency(hints, run, options).subscribe()
    hints.next()
    await clock.advance(50)
    offset = 3_600_000
    hints.next()
    await clock.advance(100)
    expect(starts).toEqual([0, 150])
    subscription.unsubscribe()
  })

  it('passes on an error of its source', () => {
    const { ended, follow } = rig()
    follow(throwError(() => new Error('no hints')))
    expect(ended).toEqual(['Error: no hints'])
  })

  it('begins no run and schedules nothing more when unsubscribed', async () => {
    const { clock, starts, results, follow } = rig({}, { runMs: 10 })
    const hints = new Subject<void>()
    const subscription = follow(hints)
    hints.next()
    await clock.advance(5)
    hints.next()
    subscription.unsubscribe()
    await clock.finish()
    expect(starts).toEqual([0])
    expect(results).toEqual([])
    const idle = follow(NEVER)
    expect(clock.actions).toHaveLength(1)
    idle.unsubscribe()
    expect(clock.actions).toEqual([])
  })
})
