import * as fc from 'fast-check'
import { Subject, timer } from 'rxjs'
import { describe, expect, it } from 'vitest'
import { reconcileKeyed, type Reconciled } from '../../src/loop/reconcile-keyed.ts'
import { done, retry, retryAfter, type Outcome } from '../../src/loop/outcome.ts'
import { VirtualClock, seeded } from './virtual-clock.ts'

const BACKOFF = { first: 20, max: 160 }
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f']

interface Happening {
  readonly what: 'hint' | 'start' | 'end'
  readonly key: string
  readonly at: number
  readonly nextInMs?: number | null
  readonly outcome?: Outcome
}

const hints = fc.array(fc.record({ key: fc.constantFrom(...KEYS), at: fc.integer({ min: 0, max: 400 }) }), {
  minLength: 1,
  maxLength: 40,
})
const outcome: fc.Arbitrary<Outcome | Error> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(done) },
  { weight: 3, arbitrary: fc.constant(retry('no')) },
  fc.integer({ min: 0, max: 100 }).map((ms) => retryAfter(ms, 'later')),
  fc.constant(new Error('broke')),
)
const tries = fc.array(fc.record({ ms: fc.integer({ min: 0, max: 60 }), outcome }), { maxLength: 60 })
const histories = fc.record({
  hints,
  tries,
  concurrency: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
})
type History = typeof histories extends fc.Arbitrary<infer H> ? H : never

/** Plays a history in virtual time: the n-th try ends as its n-th entry says, then all succeed. */
async function play({ hints: plan, tries: script, concurrency, seed }: History) {
  const clock = new VirtualClock()
  const happened: Happening[] = []
  const log: Reconciled[] = []
  const ends = script.values()
  const work = async (key: string): Promise<Outcome> => {
    happened.push({ what: 'start', key, at: clock.now() })
    const { ms, outcome: end } = ends.next().value ?? { ms: 5, outcome: done }
    await clock.sleep(ms)
    if (end instanceof Error) throw end
    return end
  }
  const keys$ = new Subject<string>()
  const options = {
    keyOf: (key: string) => key,
    concurrency,
    backoff: BACKOFF,
    scheduler: clock,
    random: seeded(seed),
  }
  reconcileKeyed(keys$, work, options).subscribe({
    next: (entry) => {
      log.push(entry)
      const { key, nextInMs, outcome: end } = entry
      happened.push({ what: 'end', key, at: clock.now(), nextInMs, outcome: end })
    },
  })
  for (const { key, at } of plan) {
    timer(at, clock).subscribe(() => {
      happened.push({ what: 'hint', key, at: clock.now() })
      keys$.next(key)
    })
  }
  await clock.finish()
  return { happened, log }
}

async function always(
  law: (played: Awaited<ReturnType<typeof play>>, history: History) => void,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(histories, async (history) => law(await play(history), history)),
    { numRuns: 150 },
  )
}

describe('laws of reconcileKeyed', () => {
  it('never works a key twice at once, nor more keys than allowed', async () => {
    await always(({ happened }, { concurrency }) => {
      const overlapping = happened.filter(
        ({ what, key }, n) => what === 'start' && workingAfter(happened.slice(0, n)).has(key),
      )
      const busiest = Math.max(...happened.map((_, n) => workingAfter(happened.slice(0, n + 1)).size))
      expect(overlapping).toEqual([])
      expect(busiest).toBeLessThanOrEqual(concurrency)
    })
  })

  it('loses no change: work on a key starts after its last hint', async () => {
    await always(({ happened }) => {
      const hinted = KEYS.filter((key) => happened.some((entry) => entry.key === key))
      for (const key of hinted) {
        const last = happened.findLastIndex((entry) => entry.what === 'hint' && entry.key === key)
        const later = happened.slice(last).filter((entry) => entry.key === key)
        expect(later.map(({ what }) => what)).toContain('start')
        expect(later.at(-1)?.what).toBe('end')
      }
    })
  })

  it('does no work that neither a hint nor an outcome asked for', async () => {
    await always(({ happened }) => {
      expect(waits(happened).filter(({ since }) => since === null)).toEqual([])
    })
  })

  it('is fair: keys start in the order in which they came to wait', async () => {
    await always(({ happened }) => {
      const order = waits(happened).map(({ since }) => since ?? Infinity)
      expect(order).toEqual(order.toSorted((a, b) => a - b))
    })
  })

  it('leaves no place free while a key could be worked', async () => {
    await always(({ happened }, { concurrency }) => {
      for (const { since, start } of waits(happened)) {
        const ends = happened.filter(({ at }) => since !== null && at >= since && at < start)
        const moments = since === null || since === start ? [] : [since, ...ends.map(({ at }) => at)]
        const free = moments.filter((moment) => {
          const soFar = happened.filter(({ at }) => at <= moment)
          return workingAfter(soFar).size < concurrency
        })
        expect(free).toEqual([])
      }
    })
  })

  it('backs off within bounds: longer with each failure, capped, begun anew by all else', async () => {
    await always(({ log }) => {
      const failures = new Map<string, number>()
      for (const { key, outcome: end, attempt, nextInMs } of log) {
        const before = failures.get(key) ?? 0
        expect(attempt).toBe(before + 1)
        failures.set(key, end.kind === 'retry' ? attempt : 0)
        const longest = Math.min(BACKOFF.max, BACKOFF.first * 2 ** before)
        const within = nextInMs !== null && nextInMs >= longest / 2 && nextInMs <= longest
        expect(end.kind !== 'retry' || nextInMs === 0 || within).toBe(true)
      }
    })
  })
})

/** For each start, in order: since when its key waited for it. Null: it did not. */
function waits(happened: readonly Happening[]): { key: string; since: number | null; start: number }[] {
  const due = new Map<string, number>()
  const working = new Set<string>()
  const found: { key: string; since: number | null; start: number }[] = []
  for (const { what, key, at, nextInMs } of happened) {
    if (what === 'hint' && !working.has(key)) due.set(key, Math.min(at, due.get(key) ?? Infinity))
    if (what === 'start') {
      found.push({ key, since: due.get(key) ?? null, start: at })
      due.delete(key)
      working.add(key)
    }
    if (what === 'end') {
      working.delete(key)
      if (nextInMs !== null && nextInMs !== undefined) due.set(key, at + nextInMs)
    }
  }
  return found
}

/** The keys being worked once all this has happened. */
function workingAfter(happened: readonly Happening[]): ReadonlySet<string> {
  const working = new Set<string>()
  for (const { what, key } of happened) {
    if (what === 'start') working.add(key)
    if (what === 'end') working.delete(key)
  }
  return working
}
