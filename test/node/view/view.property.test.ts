import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { EndpointHealth, Standing } from '../../../src/model/endpoint.ts'
import { ENDPOINT_GRACE } from '../../../src/node/view/endpoints.ts'
import type { HeldEndpoint } from '../../../src/node/view/endpoints.ts'
import { readMemory, writeMemory } from '../../../src/node/view/memory.ts'
import { deadline, EMPTY_VIEW, nextView } from '../../../src/node/view/view.ts'
import type { View, ViewEvent } from '../../../src/node/view/view.ts'
import { endpoint, endpointsAnswer, policiesAnswer, policy, standings, TICK } from '../world.ts'

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
  { weight: 1, arbitrary: fc.boolean().map((silent): ViewEvent => ({ kind: 'silence', silent })) },
)

const anyHistory: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.record({
    wait: fc.oneof(fc.integer({ min: 0, max: 5000 }), fc.integer({ min: 0, max: 2 * ENDPOINT_GRACE })),
    event: anyEvent,
  }),
  { maxLength: 30 },
)

interface Transition {
  readonly before: View
  readonly event: ViewEvent
  readonly view: View
  readonly now: number
}

function play(history: readonly Step[]): readonly Transition[] {
  let view = nextView(EMPTY_VIEW, policiesAnswer(...POLICIES), 0)
  let now = 0
  return history.map(({ wait, event }) => {
    const before = view
    now += wait
    view = nextView(before, event, now)
    return { before, event, view, now }
  })
}

/** Every endpoint of a view. */
function everyEndpoint(view: View): readonly HeldEndpoint[] {
  return [...view.endpoints.values()].flatMap((held) => Array.from(held.values()))
}

/** Every endpoint that a view has, with the service it belongs to, that another view has no longer or not serving. */
function givenUp({ before, view }: Transition): readonly (readonly [string, HeldEndpoint])[] {
  return [...before.endpoints].flatMap(([service, all]) =>
    Array.from(all.values())
      .filter(({ endpoint: { server }, standing }) => {
        const still = view.endpoints.get(service)
        return standing === 'serving' && still !== undefined && still.get(server)?.standing !== 'serving'
      })
      .map((held) => [service, held] as const),
  )
}

function always(check: (transition: Transition) => void): void {
  fc.assert(fc.property(anyHistory, (history) => play(history).forEach(check)))
}

/** What may be believed then. */
const EVIDENCE: Readonly<Partial<Record<EndpointHealth, readonly Standing[]>>> = {
  passing: ['serving', 'recovering'],
  critical: ['failing', 'starting'],
  draining: ['draining', 'leaving'],
}

describe('whatever the history', () => {
  it('evidence is believed at once', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const told = play(history).flatMap(({ event, view }) =>
          event.kind === 'endpoints'
            ? event.endpoints.map(({ server, health }) => ({
                expected: EVIDENCE[health],
                believed: view.endpoints.get(event.service)?.get(server)?.standing,
              }))
            : [],
        )
        const wrong = told.filter(
          ({ expected, believed }) => expected !== undefined && !expected.some((each) => each === believed),
        )
        expect(wrong).toEqual([])
      }),
    )
  })

  it('a serving endpoint is given up only on evidence: against it, for its address, or a minute of silence', () => {
    always((transition) => {
      const { event, view, now } = transition
      for (const [service, { endpoint: lost, unknownSince }] of givenUp(transition)) {
        const told = event.kind === 'endpoints' && event.service === service ? event.endpoints : []
        const against = told.some(
          ({ server, health, address }) =>
            server === lost.server &&
            (health === 'critical' || health === 'draining' || address !== lost.address),
        )
        const reused = everyEndpoint(view).some(
          (held) =>
            held.endpoint.address === lost.address &&
            held.endpoint.task !== lost.task &&
            held.unknownSince === null,
        )
        const tooLong = view.silentSince === null && now - (unknownSince ?? now) >= ENDPOINT_GRACE
        expect(against || reused || tooLong).toBe(true)
      }
    })
  })

  it('nothing serves of which nothing was heard for the grace, but while Consul is silent', () => {
    always(({ view, now }) => {
      if (view.silentSince !== null) return
      const serving = everyEndpoint(view).filter(({ standing }) => standing === 'serving')
      const silences = serving.map(({ unknownSince }) => now - (unknownSince ?? now))
      expect(Math.max(0, ...silences)).toBeLessThan(ENDPOINT_GRACE)
    })
  })

  it('a tick before the deadline changes nothing, and one at the deadline does', () => {
    always(({ view, now }) => {
      const end = deadline(view)
      if (end === null) return
      expect(end).toBeGreaterThan(now)
      expect(nextView(view, TICK, end - 1)).toEqual(view)
      expect(deadline(nextView(view, TICK, end)) ?? Infinity).toBeGreaterThan(end)
    })
  })

  it('the same answer again changes nothing', () => {
    always(({ event, view, now }) => expect(nextView(view, event, now)).toEqual(view))
  })

  it('a restarted agent believes what it would have believed', () => {
    fc.assert(
      fc.property(anyHistory, anyHistory, (history, rest) => {
        const { view, now } = play(history).at(-1) ?? { view: EMPTY_VIEW, now: 0 }
        const recalled = readMemory(writeMemory({ view, zone: 'a' }))?.view ?? EMPTY_VIEW
        const answers = [
          policiesAnswer(...POLICIES),
          ...rest.map(({ event }) => event),
          ...SERVICES.map((service) => endpointsAnswer(service)),
        ]
        const spoken = { kind: 'silence', silent: false } as const
        const believed = (from: View) => {
          const { endpoints, policies } = [spoken, ...answers].reduce(
            (before, event) => nextView(before, event, now),
            from,
          )
          return {
            standings: [...endpoints.keys()].map((service) => standings({ endpoints }, service)),
            policies: [...policies.keys()],
          }
        }
        expect(believed(recalled)).toEqual(believed(view))
      }),
    )
  })
})
