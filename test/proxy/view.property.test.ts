import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EndpointHealth } from '../../src/model/endpoint.ts'
import { ENDPOINT_GRACE } from '../../src/proxy/endpoints.ts'
import { readMemory, writeMemory } from '../../src/proxy/memory.ts'
import { deadline, EMPTY_VIEW, nextView } from '../../src/proxy/view.ts'
import type { View, ViewEvent } from '../../src/proxy/view.ts'
import { endpoint, endpointsAnswer, policiesAnswer, policy, TICK } from './world.ts'

/** A piece of news, and the ms that passed before it. */
interface Step {
  readonly wait: number
  readonly event: ViewEvent
}

const HEALTHS: readonly EndpointHealth[] = ['passing', 'critical', 'pending', 'draining', 'stale']
const SERVICES = ['www-hello', 'db-shop']
const POLICIES = [policy('hello/www'), policy('shop/db')]

/** Five servers that share three addresses, in two services. */
const anyEndpoints = fc
  .dictionary(
    fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    fc.record({ health: fc.constantFrom(...HEALTHS), address: fc.integer({ min: 1, max: 3 }) }),
  )
  .map((servers) =>
    Object.entries(servers).map(([server, { health, address }]) =>
      endpoint(server, health, { address: `10.0.1.${address}` }),
    ),
  )

const anyEvent: fc.Arbitrary<ViewEvent> = fc.oneof(
  { weight: 1, arbitrary: fc.subarray(POLICIES).map((present) => policiesAnswer(...present)) },
  { weight: 1, arbitrary: fc.constant(policiesAnswer(...POLICIES)) },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(...SERVICES), anyEndpoints)
      .map(([service, all]) => endpointsAnswer(service, ...all)),
  },
  { weight: 2, arbitrary: fc.constant(TICK) },
)

const anyHistory: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    wait: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 2 * ENDPOINT_GRACE })),
    event: anyEvent,
  }),
  { maxLength: 30 },
)

/** Calls `check` with each step: the view before, the step, and the view and time after. */
function play(
  history: readonly Step[],
  check: (before: View, step: Step, view: View, now: number) => void,
): void {
  let view = nextView(EMPTY_VIEW, policiesAnswer(...POLICIES), 0)
  let now = 0
  for (const step of history) {
    const before = view
    now += step.wait
    view = nextView(view, step.event, now)
    check(before, step, view, now)
  }
}

describe('whatever the history', () => {
  it('evidence is believed at once', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        play(history, (_, { event }, view) => {
          if (event.kind !== 'endpoints') return
          const held = view.endpoints.get(event.service)
          for (const { server, health } of event.endpoints) {
            if (health === 'passing') expect(held?.get(server)?.standing).toBe('serving')
            if (health === 'critical') expect(held?.get(server)?.standing).toBe('failing')
            if (health === 'draining') expect(held?.get(server)?.standing).toBe('draining')
          }
        })
      }),
    )
  })

  it('a serving endpoint is given up only on evidence: against it, for its address, or a minute of silence', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        play(history, (before, { event }, view, now) => {
          for (const [service, all] of before.endpoints) {
            if (!view.endpoints.has(service)) continue
            const told = event.kind === 'endpoints' && event.service === service ? event.endpoints : []
            const claimed = [...view.endpoints.values()].flatMap((held) => [...held.values()])
            for (const [server, held] of all) {
              if (
                held.standing !== 'serving' ||
                view.endpoints.get(service)?.get(server)?.standing === 'serving'
              )
                continue
              const against = told.some(
                (each) =>
                  each.server === server &&
                  (['critical', 'draining'].includes(each.health) || each.address !== held.endpoint.address),
              )
              const reused = claimed.some(
                ({ endpoint: { task, address }, unknownSince }) =>
                  address === held.endpoint.address && task !== held.endpoint.task && unknownSince === null,
              )
              const silent = now - (held.unknownSince ?? now) >= ENDPOINT_GRACE
              expect(against || reused || silent).toBe(true)
            }
          }
        })
      }),
    )
  })

  it('nothing serves of which nothing was heard for the grace', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        play(history, (_, __, view, now) => {
          for (const { standing, unknownSince } of [...view.endpoints.values()].flatMap((held) => [
            ...held.values(),
          ])) {
            if (standing === 'serving' && unknownSince !== null)
              expect(now - unknownSince).toBeLessThan(ENDPOINT_GRACE)
          }
        })
      }),
    )
  })

  it('a tick before the deadline changes nothing, and one at the deadline does', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        play(history, (_, __, view, now) => {
          const end = deadline(view)
          if (end === null) return
          expect(end).toBeGreaterThan(now)
          expect(nextView(view, TICK, end - 1)).toEqual(view)
          expect(deadline(nextView(view, TICK, end)) ?? Infinity).toBeGreaterThan(end)
        })
      }),
    )
  })

  it('the same answer again changes nothing', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        play(history, (_, { event }, view, now) => expect(nextView(view, event, now)).toEqual(view))
      }),
    )
  })

  it('a restarted agent believes what it would have believed', () => {
    fc.assert(
      fc.property(anyHistory, anyHistory, (history, rest) => {
        let view: View = EMPTY_VIEW
        let end = 0
        play(history, (_, __, after, now) => {
          view = after
          end = now
        })
        const recalled = readMemory(writeMemory({ view, zone: 'a' }))?.view ?? EMPTY_VIEW
        const answers = [
          policiesAnswer(...POLICIES),
          ...rest.map(({ event }) => event),
          ...SERVICES.map((service) => endpointsAnswer(service)),
        ]
        const live = answers.reduce((before, event) => nextView(before, event, end), view)
        const restarted = answers.reduce((before, event) => nextView(before, event, end), recalled)
        expect(restarted.endpoints).toEqual(live.endpoints)
        expect(restarted.policies).toEqual(live.policies)
      }),
    )
  })
})
