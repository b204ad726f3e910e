import { describe, expect, it } from 'vitest'
import { HAPROXY_CONSUL_SERVICE } from '../../../src/model/names.ts'
import { ENDPOINT_GRACE, FLAPS, LAST_CALL } from '../../../src/node/view/endpoints.ts'
import { POLICY_GRACE } from '../../../src/node/view/policies.ts'
import {
  deadline,
  EMPTY_VIEW,
  followedServices,
  isComplete,
  nextView,
  effectivePolicies,
} from '../../../src/node/view/view.ts'
import {
  after,
  backend,
  endpoint,
  endpointsAnswer,
  haproxy,
  hello,
  policiesAnswer,
  policy,
  standings,
  TICK,
} from '../world.ts'
import type { View } from '../../../src/node/view/view.ts'
import { POLICIES } from '../../../src/store/policies.ts'

const www = (...endpoints: Parameters<typeof endpointsAnswer>[1][]) =>
  endpointsAnswer('www-hello', ...endpoints)
const keys = (view: Parameters<typeof effectivePolicies>[0]) => effectivePolicies(view).map(({ key }) => key)

describe('evidence', () => {
  it('takes effect at once', () => {
    const before = hello(endpoint('a', 'passing'), endpoint('b', 'passing'), endpoint('c', 'critical'))
    const view = after(
      [www(endpoint('a', 'critical'), endpoint('b', 'draining'), endpoint('c', 'passing'))],
      1,
      before,
    )
    expect(standings(view)).toEqual({ a: 'failing', b: 'draining', c: 'serving' })
    expect(deadline(view)).toBe(1 + LAST_CALL)
  })

  it('against an endpoint that never passed has it wait on, so that HAProxy finds no fault of its own before it does', () => {
    const pending = hello(endpoint('a', 'passing'), endpoint('new', 'pending'))
    const failed = after([www(endpoint('a', 'passing'), endpoint('new', 'critical'))], 1000, pending)
    expect(standings(failed)).toEqual({ a: 'serving', new: 'starting' })
    const passed = after([www(endpoint('a', 'draining'), endpoint('new', 'passing'))], 2000, failed)
    expect(standings(passed)).toEqual({ a: 'draining', new: 'serving' })
  })

  it('that an endpoint is about to stop holds until it does so at any moment', () => {
    const told = www(endpoint('a', 'draining'))
    const before = after([told], 1000, hello(endpoint('a', 'passing')))
    const again = after([told], 2000, before)
    expect(standings(after([TICK], 999 + LAST_CALL, again))).toEqual({ a: 'draining' })
    const leaving = after([TICK], 1000 + LAST_CALL, again)
    expect(standings(leaving)).toEqual({ a: 'leaving' })
    expect(deadline(leaving)).toBeNull()
    expect(standings(after([told], 10_000, leaving))).toEqual({ a: 'leaving' })
    expect(standings(after([www(endpoint('a', 'passing'))], 10_000, leaving))).toEqual({ a: 'serving' })
  })

  it('removes an endpoint that goes after it was drained, or while it served nobody', () => {
    const before = hello(endpoint('a', 'draining'), endpoint('b', 'critical'), endpoint('c', 'pending'))
    expect(standings(after([www()], 1, before))).toEqual({})
  })

  it('lets a new address under an old name begin anew', () => {
    const before = hello(endpoint('a', 'passing'))
    const view = after([www(endpoint('a', 'pending', { address: '10.0.9.9' }))], 1, before)
    expect(standings(view)).toEqual({ a: 'starting' })
    expect(view.endpoints.get('www-hello')?.get('a')?.endpoint.address).toBe('10.0.9.9')
  })
})

describe('a check that comes and goes', () => {
  const sick = www(endpoint('a', 'critical'))
  const well = www(endpoint('a', 'passing'))
  /** Sick and well again as often, every second. */
  const flapping = (times: number, from = 0): View =>
    Array.from({ length: times }).reduce<View>(
      (view, _, index) => after([well], from + index * 1000 + 500, after([sick], from + index * 1000, view)),
      hello(endpoint('a', 'passing')),
    )

  it('is believed at first', () => {
    expect(standings(flapping(FLAPS.failures - 1))).toEqual({ a: 'serving' })
  })

  it('is not believed any more until it has passed for a while', () => {
    const last = (FLAPS.failures - 1) * 1000
    const view = flapping(FLAPS.failures)
    expect(standings(view)).toEqual({ a: 'recovering' })
    expect(deadline(view)).toBe(last + FLAPS.calm)
    expect(standings(after([well], last + FLAPS.calm - 1, view))).toEqual({ a: 'recovering' })
    expect(standings(after([TICK], last + FLAPS.calm, view))).toEqual({ a: 'serving' })
  })

  it('has to calm down anew after each failure', () => {
    const again = after([sick], 8000, flapping(FLAPS.failures))
    expect(standings(again)).toEqual({ a: 'failing' })
    const view = after([well], 9000, again)
    expect(standings(view)).toEqual({ a: 'recovering' })
    expect(deadline(view)).toBe(8000 + FLAPS.calm)
  })

  it('is believed again where its failures are long ago', () => {
    const view = flapping(FLAPS.failures - 1)
    const later = after([sick], FLAPS.within + 5000, view)
    expect(standings(after([well], FLAPS.within + 6000, later))).toEqual({ a: 'serving' })
  })
})

describe('no evidence', () => {
  it('leaves a pending endpoint as it was; a new one waits', () => {
    const before = hello(endpoint('a', 'passing'), endpoint('b', 'critical'), endpoint('c', 'draining'))
    const all = ['a', 'b', 'c', 'new'].map((server) => endpoint(server, 'pending'))
    const view = after([www(...all)], 1, before)
    expect(standings(view)).toEqual({ a: 'serving', b: 'failing', c: 'draining', new: 'starting' })
    expect(deadline(view)).toBe(LAST_CALL)
  })

  it('keeps a serving endpoint that vanished for the grace, then removes it', () => {
    const before = hello(endpoint('a', 'passing'), endpoint('b', 'passing'))
    const view = after([www(endpoint('b', 'passing'))], 1000, before)
    expect(standings(view)).toEqual({ a: 'serving', b: 'serving' })
    expect(deadline(view)).toBe(1000 + ENDPOINT_GRACE)
    const sameAnswerLater = after([www(endpoint('b', 'passing'))], 30_000, view)
    expect(deadline(sameAnswerLater)).toBe(1000 + ENDPOINT_GRACE)
    expect(standings(after([TICK], 999 + ENDPOINT_GRACE, view))).toEqual({ a: 'serving', b: 'serving' })
    expect(standings(after([TICK], 1000 + ENDPOINT_GRACE, view))).toEqual({ b: 'serving' })
  })

  it('keeps the endpoints of a dead node for the grace, then takes them for failed', () => {
    const before = hello(endpoint('a', 'passing'), endpoint('b', 'critical'))
    const stale = www(endpoint('a', 'stale'), endpoint('b', 'stale'), endpoint('new', 'stale'))
    const view = after([stale], 1000, before)
    expect(standings(view)).toEqual({ a: 'serving', b: 'failing', new: 'starting' })
    expect(deadline(after([stale], 30_000, view))).toBe(1000 + ENDPOINT_GRACE)
    const late = after([TICK], 1000 + ENDPOINT_GRACE, view)
    expect(standings(late)).toEqual({ a: 'failing', b: 'failing', new: 'starting' })
    expect(deadline(late)).toBeNull()
    expect(standings(after([www(endpoint('a', 'passing'))], 1000 + ENDPOINT_GRACE, late))).toEqual({
      a: 'serving',
    })
  })

  it('counts one grace from the loss of the agent to the removal, not two', () => {
    const lost = after([www(endpoint('a', 'stale'))], 1000, hello(endpoint('a', 'passing')))
    expect(deadline(after([www()], 40_000, lost))).toBe(1000 + ENDPOINT_GRACE)
  })

  it('ends the grace of an endpoint whose agent is back, though its check has not run yet', () => {
    const lost = after([www()], 1000, hello(endpoint('a', 'passing')))
    const back = after([www(endpoint('a', 'pending'))], 2000, lost)
    expect(standings(after([TICK], 10 * ENDPOINT_GRACE, back))).toEqual({ a: 'serving' })
  })
})

const claim = (health: 'passing' | 'pending' | 'stale' | 'draining', more = {}) =>
  endpoint('other', health, { address: '10.0.1.7', port: 9000, ...more })

const silence = (silent: boolean) => ({ kind: 'silence', silent }) as const

describe('while Consul is silent', () => {
  const lost = after([www(), policiesAnswer()], 1000, hello(endpoint('a', 'passing')))
  const silent = after([silence(true)], 21_000, lost)

  it('no grace ends', () => {
    expect(deadline(silent)).toBeNull()
    expect(after([TICK], 100 * POLICY_GRACE, silent)).toEqual(silent)
    expect(after([silence(true)], 30_000, silent)).toEqual(silent)
  })

  it('no grace goes on: it takes what was left of it afterwards', () => {
    const heard = after([silence(false), www()], 3_600_000, silent)
    expect(deadline(heard)).toBe(3_600_000 + ENDPOINT_GRACE - 20_000)
    expect(standings(after([TICK], 3_600_000 + ENDPOINT_GRACE - 20_000, heard))).toEqual({})
    expect(heard.policies.get('hello/www')?.absentSince).toBe(3_600_000 - 20_000)
  })

  it('what some answers say begins its grace afterwards', () => {
    const partly = after([www()], 30_000, after([silence(true)], 20_000, hello(endpoint('a', 'passing'))))
    expect(standings(partly)).toEqual({ a: 'serving' })
    expect(deadline(after([silence(false)], 90_000, partly))).toBe(90_000 + ENDPOINT_GRACE)
  })

  it('evidence counts', () => {
    expect(standings(after([www(endpoint('a', 'critical'))], 22_000, silent))).toEqual({ a: 'failing' })
  })
})

describe('an address that was given out anew', () => {
  const gone = after([www()], 1000, hello(endpoint('old', 'passing', { address: '10.0.1.7' })))
  it('takes the vanished endpoint out at once, whichever service has the address now', () => {
    const two = after([policiesAnswer(policy('hello/www'), policy('shop/db'))], 1000, gone)
    const view = after([endpointsAnswer('db-shop', claim('pending'))], 2000, two)
    expect(standings(view)).toEqual({})
    expect(standings(view, 'db-shop')).toEqual({ other: 'starting' })
  })

  it('takes a lost one for failed', () => {
    const lost = after(
      [www(endpoint('old', 'stale', { address: '10.0.1.7' }))],
      1000,
      hello(endpoint('old', 'passing', { address: '10.0.1.7' })),
    )
    const view = after([www(endpoint('old', 'stale', { address: '10.0.1.7' }), claim('passing'))], 2000, lost)
    expect(standings(view)).toEqual({ old: 'failing', other: 'serving' })
  })

  it('is no news from one that nothing is known of either, nor from the same task', () => {
    expect(standings(after([www(claim('stale'))], 2000, gone))).toMatchObject({ old: 'serving' })
    expect(standings(after([www(claim('draining'))], 2000, gone))).toMatchObject({ old: 'serving' })
    expect(standings(after([www(claim('passing', { task: 'task-old' }))], 2000, gone))).toMatchObject({
      old: 'serving',
    })
  })
})

describe('policies', () => {
  it('are carried out oldest first, by time and not by its text', () => {
    const [older, newer] = ['2026-01-01T00:00:00.1Z', '2026-01-01T00:00:00.12Z']
    const view = after([
      policiesAnswer(
        policy('hello/newer', { createdAt: newer, backends: [] }),
        policy('hello/older', { createdAt: older, backends: [] }),
      ),
    ])
    expect(keys(view)).toEqual(['hello/older', 'hello/newer'])
  })

  it('survive a malformed new version, which is reported', () => {
    const before = hello(endpoint('a', 'passing'))
    for (const text of ['{"key":', '[]', JSON.stringify(policy('hello/www', { hosts: ['a b'] }))]) {
      const kv = new Map([[POLICIES.key('hello/www'), text]])
      const view = nextView(before, { kind: 'policies', kv }, 1)
      expect(effectivePolicies(view)).toEqual(effectivePolicies(before))
      expect(view.malformed.get('hello/www')).toContain(
        'shoal/services/hello/www holds no policy of hello/www',
      )
      expect(deadline(view)).toBeNull()
    }
  })

  it('go at once with a tombstone, with all they followed', () => {
    const view = after(
      [policiesAnswer({ key: 'hello/www', deleted: '2026-01-01T00:00:00Z' })],
      1,
      hello(endpoint('a', 'passing')),
    )
    expect(keys(view)).toEqual([])
    expect(standings(view)).toEqual({})
    expect([...followedServices(view)]).toEqual([HAPROXY_CONSUL_SERVICE])
  })

  it('outlive their mere disappearance for a long while', () => {
    const view = after([policiesAnswer()], 1000, hello(endpoint('a', 'passing')))
    expect(keys(view)).toEqual(['hello/www'])
    expect(deadline(view)).toBe(1000 + POLICY_GRACE)
    expect(keys(after([TICK], 999 + POLICY_GRACE, view))).toEqual(['hello/www'])
    expect(keys(after([TICK], 1000 + POLICY_GRACE, view))).toEqual([])
    expect(deadline(after([policiesAnswer(policy('hello/www'))], 5000, view))).toBeNull()
  })

  it('take force once the endpoints of all their backends are known', () => {
    const before = hello(endpoint('a', 'passing'))
    const backends = [backend('hello_www', 'www-hello'), backend('hello_www_admin', 'www-hello-admin', 8081)]
    const announced = after([policiesAnswer(policy('hello/www', { revision: 'r2', backends }))], 1, before)
    expect(effectivePolicies(announced).map(({ revision }) => revision)).toEqual(['r1'])
    expect([...followedServices(announced)]).toContain('www-hello-admin')
    expect(standings(announced)).toEqual({ a: 'serving' })
    const known = after([endpointsAnswer('www-hello-admin')], 2, announced)
    expect(effectivePolicies(known).map(({ revision }) => revision)).toEqual(['r2'])
  })

  it('come oldest first', () => {
    const young = policy('a/a', { createdAt: '2026-03-01T00:00:00.000Z' })
    const view = after([policiesAnswer(young, policy('z/z')), endpointsAnswer('a-a'), endpointsAnswer('z-z')])
    expect(keys(view)).toEqual(['z/z', 'a/a'])
  })
})

describe('a view', () => {
  it('is complete once all that is followed has been answered', () => {
    const steps = [
      policiesAnswer(policy('hello/www')),
      endpointsAnswer(HAPROXY_CONSUL_SERVICE, haproxy(1)),
      www(),
    ]
    const complete = steps.map((_, index) => isComplete(after(steps.slice(0, index + 1))))
    expect(complete).toEqual([false, false, true])
    expect(isComplete(after([endpointsAnswer(HAPROXY_CONSUL_SERVICE)]))).toBe(false)
  })

  it('ignores answers for what it does not follow', () => {
    expect(after([www(endpoint('a', 'passing'))])).toEqual(EMPTY_VIEW)
  })

  it('survives a wipe of Consul', () => {
    const all = ['a', 'b', 'c'].map((server) => endpoint(server, 'passing'))
    const before = hello(...all)
    const wiped = after([policiesAnswer(), www(), endpointsAnswer(HAPROXY_CONSUL_SERVICE)], 1000, before)
    expect(standings(wiped)).toEqual(standings(before))
    expect(standings(wiped, HAPROXY_CONSUL_SERVICE)).toEqual(standings(before, HAPROXY_CONSUL_SERVICE))
    expect(keys(wiped)).toEqual(['hello/www'])
    const rebuilding = after(
      [www(...all.map((each) => ({ ...each, health: 'pending' as const })))],
      15_000,
      wiped,
    )
    expect(standings(rebuilding)).toEqual(standings(before))
    const rebuilt = after(
      [
        policiesAnswer(policy('hello/www')),
        www(...all),
        endpointsAnswer(HAPROXY_CONSUL_SERVICE, haproxy(1), haproxy(2), haproxy(3)),
      ],
      20_000,
      rebuilding,
    )
    expect(standings(rebuilt)).toEqual(standings(before))
    expect(deadline(rebuilt)).toBeNull()
  })
})
