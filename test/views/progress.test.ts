import { of, Subject } from 'rxjs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { progressTeller, shortcomings } from '../../src/cli/print/progress-text.ts'
import type { ConditionType, ServiceStatus } from '../../src/model/status.ts'
import { followProgress } from '../../src/views/progress.ts'
import type { AppliedSpec, Progress } from '../../src/views/progress.ts'
import type { Reason } from '../../src/model/reasons.ts'
import type { ServiceKey } from '../../src/model/service.ts'
import type { Source } from '../../src/model/source.ts'

const OLD: Source = { kind: 'config', name: 'shoal.shop.api.11111111' }
const NEW: Source = { kind: 'config', name: 'shoal.shop.api.22222222' }
const API: AppliedSpec = { key: 'shop/api', source: NEW }
const WEB: AppliedSpec = {
  key: 'shop/web',
  source: { kind: 'config', name: 'shoal.shop.web.33333333' },
}
const TIMEOUT = 30_000

/** Reasons of conditions that are met. */
const MET = {
  Accepted: 'Accepted',
  Resolved: 'TasksFound',
  Registered: 'Registered',
  Programmed: 'Programmed',
  Ready: 'Ready',
} as const

type Unmet = Readonly<Partial<Record<ConditionType, readonly [reason: Reason, message: string]>>>

/** A status in which all conditions are met but these. */
function status({ key, source }: AppliedSpec, unmet: Unmet = {}): ServiceStatus {
  const types = ['Accepted', 'Resolved', 'Registered', 'Programmed', 'Ready'] as const
  const conditions = types.map((type) => {
    const [reason, message] = unmet[type] ?? [MET[type], '']
    return { type, status: unmet[type] === undefined ? 'True' : 'False', reason, message, since: '' } as const
  })
  return { key, conditions, total: 1, ready: 1, programmed: 3, proxies: 3, source }
}

const programming = (message: string): Unmet => ({ Programmed: ['Programming', message] })

/** Follows the specs in virtual time: what was printed, and at the end what is amiss. */
function follow(...specs: readonly AppliedSpec[]) {
  const statuses = new Subject<ReadonlyMap<ServiceKey, ServiceStatus>>()
  const told: string[] = []
  let last: ReadonlyMap<ServiceKey, Progress> = new Map()
  let missed: readonly string[] | null = null
  const linesOf = progressTeller()
  followProgress(statuses, specs, TIMEOUT).subscribe({
    next: (progress) => {
      last = progress
      told.push(...linesOf(progress))
    },
    complete: () => (missed = shortcomings(last, TIMEOUT)),
  })
  const next = (...known: readonly ServiceStatus[]): void =>
    statuses.next(new Map(known.map((each) => [each.key, each])))
  return { told, next, missed: () => missed, isFollowed: () => statuses.observed }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('apply --wait', () => {
  it('ends when each service is programmed and ready, and tells what it waits for', () => {
    const { told, next, missed, isFollowed } = follow(API, WEB)
    next(status(API, programming('0 of 3 proxies')), status(WEB))
    next(status(API, programming('2 of 3 proxies')), status(WEB))
    next(status(API, { Ready: ['Unavailable', '0 of 2 tasks'] }), status(WEB))
    expect(missed()).toBeNull()
    next(status(API), status(WEB))
    expect(told).toEqual([
      'service shop/api waits: Programmed=False Programming: 0 of 3 proxies',
      'service shop/web is ready',
      'service shop/api waits: Ready=False Unavailable: 0 of 2 tasks',
      'service shop/api is ready',
    ])
    expect(missed()).toEqual([])
    expect(isFollowed()).toBe(false)
  })

  it('does not take the status of the version before for that of the new one', () => {
    const { told, next, missed } = follow(API)
    next(status({ ...API, source: OLD }))
    next(status({ ...API, source: OLD }, { Accepted: ['HostConflict', 'a.b is held by old/www'] }))
    expect({ told, missed: missed() }).toEqual({ told: [], missed: null })
    next(status(API))
    expect({ told, missed: missed() }).toEqual({ told: ['service shop/api is ready'], missed: [] })
  })

  it('ends at once with the reason when a spec is refused', () => {
    const { told, next, missed, isFollowed } = follow(API, WEB)
    next(
      status(API, { Accepted: ['HostConflict', 'a.b is held by old/www'] }),
      status(WEB, programming('0 of 3')),
    )
    expect(missed()).toEqual([
      'service shop/api is refused: Accepted=False HostConflict: a.b is held by old/www',
    ])
    expect(told).toEqual(['service shop/web waits: Programmed=False Programming: 0 of 3'])
    expect(isFollowed()).toBe(false)
  })

  it('ends when the time is over with what is still amiss', () => {
    const { next, missed } = follow(API, WEB)
    next(status(API, programming('2 of 3 proxies')))
    vi.advanceTimersByTime(TIMEOUT - 1)
    expect(missed()).toBeNull()
    vi.advanceTimersByTime(1)
    expect(missed()).toEqual([
      'service shop/api is not ready after 30s: Programmed=False Programming: 2 of 3 proxies',
      'service shop/web is not ready after 30s: no controller has judged this version of it',
    ])
  })

  it('goes on with a service that was ready and is not any more while another is awaited', () => {
    const { next, missed } = follow(API, WEB)
    next(status(API))
    next(status(API, { Ready: ['Unavailable', '0 of 2 tasks'] }), status(WEB))
    expect(missed()).toBeNull()
    next(status(API), status(WEB))
    expect(missed()).toEqual([])
  })

  it('is over at once where the status speaks of this version already', () => {
    let last: Progress | undefined
    followProgress(of(new Map([[API.key, status(API)]])), [API], TIMEOUT).subscribe(
      (progress) => (last = progress.get(API.key)),
    )
    expect(last).toEqual({ kind: 'ready' })
  })
})
