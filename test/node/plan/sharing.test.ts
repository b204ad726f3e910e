import { describe, expect, it } from 'vitest'
import { HAPROXY_CONSUL_SERVICE } from '../../../src/model/names.ts'
import { planNode } from '../../../src/node/plan/plan.ts'
import type { NodePlan } from '../../../src/node/plan/plan.ts'
import type { View, ViewEvent } from '../../../src/node/view/view.ts'
import { after, endpoint, endpointsAnswer, haproxy, policiesAnswer, policy, SELF } from '../world.ts'

const POLICIES = (['hello/a', 'hello/b', 'hello/c'] as const).map((key) => policy(key))
const VIEW = after([
  policiesAnswer(...POLICIES),
  endpointsAnswer(HAPROXY_CONSUL_SERVICE, haproxy(1), haproxy(2)),
  ...['a', 'b', 'c'].map((name) => endpointsAnswer(`${name}-hello`, endpoint(`${name}1`, 'passing'))),
])
const BEFORE = planNode(VIEW, SELF)

function next(event: ViewEvent): { readonly view: View; readonly plan: NodePlan } {
  const view = after([event], 1, VIEW)
  return { view, plan: planNode(view, { ...SELF }, BEFORE) }
}

/** Backends that are not the very same objects as before. */
function anew({ backends }: NodePlan): string[] {
  return [...backends]
    .filter(([name, planned]) => BEFORE.backends.get(name) !== planned)
    .map(([name]) => name)
}

describe('after news of', () => {
  it.each<[string, ViewEvent, readonly string[]]>([
    ['one endpoint, its backend', endpointsAnswer('b-hello', endpoint('b1', 'critical')), ['hello_b']],
    [
      'one policy, its backend',
      policiesAnswer(...POLICIES.slice(1), policy('hello/a', { drain: 1 })),
      ['hello_a'],
    ],
    ['policies as they were, none', policiesAnswer(...POLICIES), []],
    [
      'a HAProxy more, every backend',
      endpointsAnswer(HAPROXY_CONSUL_SERVICE, haproxy(1), haproxy(2), haproxy(3)),
      ['hello_a', 'hello_b', 'hello_c'],
    ],
  ])('%s is planned anew, as it would be without the plan before', (_, event, expected) => {
    const { view, plan } = next(event)
    expect(anew(plan).toSorted()).toEqual(expected)
    expect(plan).toEqual(planNode(view, SELF))
  })

  it('its own zone, every backend is', () => {
    expect(anew(planNode(VIEW, { ...SELF, zone: 'z' }, BEFORE))).toHaveLength(3)
  })
})
