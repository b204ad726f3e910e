import { describe, expect, it } from 'vitest'
import type { Workload } from '../../../src/model/cluster.ts'
import { makePlan } from '../../../src/controller/plan/plan.ts'
import type { Plan } from '../../../src/controller/plan/plan.ts'
import { config, inForce, labelled, planInput, planOf, snapshot, specText, instance } from './world.ts'
import type { ServiceKey } from '../../../src/model/service.ts'

const WWW = labelled('hello_www')
const TASK = instance('t1', 'hello_www')

function json({ policies, declarations, absent }: Plan): string {
  return JSON.stringify([...policies, ...declarations, ...absent])
}

describe('a plan', () => {
  it('is the same for the same input, in whatever order Docker lists it', () => {
    const services = [WWW, labelled('hello_db'), labelled('shop_www')]
    const tasks = services.map(({ name }, index) => instance(`t${index}`, name))
    const configs = [
      config('a', specText('a', { selector: { service: 'hello_db' } })),
      config('b', 'nonsense'),
    ]
    const plan = planOf({ workloads: services, instances: tasks, specs: configs })
    const turned = planOf({
      workloads: services.toReversed(),
      instances: tasks.toReversed(),
      specs: configs.toReversed(),
    })
    expect(json(turned)).toBe(json(plan))
    expect(plan.policies.size).toBe(4)
  })

  it('has an entry for each node, also for one with nothing', () => {
    expect([...planOf({ workloads: [WWW], instances: [TASK] }).registrations.keys()]).toEqual(['n1', 'n2'])
  })

  it('has no policy for a service without a usable spec', () => {
    const { policies, declarations } = planOf({ workloads: [labelled('hello_www', { hots: [] })] })
    expect(policies.size).toBe(0)
    expect(declarations).toHaveLength(1)
  })
})

describe('a service that nothing declares any more', () => {
  const known = inForce(WWW)
  const without = (absentBefore: readonly ServiceKey[], services: readonly Workload[] = []) =>
    makePlan({
      ...planInput(snapshot({ workloads: services, instances: [TASK] }), known),
      absentBefore: new Set(absentBefore),
    })

  it('stays in force at first, with its registrations', () => {
    const plan = without([])
    expect([...plan.policies.values()]).toEqual(known)
    expect(plan.absent).toEqual(new Set(['hello/www']))
    expect(plan.registrations.get('n1')).toEqual(
      planOf({ workloads: [WWW], instances: [TASK] }).registrations.get('n1'),
    )
  })

  it('goes when a second observation agrees', () => {
    const plan = without(['hello/www'])
    expect([...plan.policies]).toEqual([])
    expect(plan.registrations.get('n1')).toEqual([])
  })

  it('stays if it was another one that was missing before', () => {
    expect(without(['hello/db']).policies.size).toBe(1)
  })

  it('keeps its hosts as long as it is kept', () => {
    const rival = labelled('shop_www', {}, { createdAt: '2026-01-02T00:00:00Z' })
    expect(
      without([], [rival])
        .policies.get('shop/www')
        ?.routes.map(({ host }) => host),
    ).not.toContain('www')
    expect(
      without(['hello/www'], [rival])
        .policies.get('shop/www')
        ?.routes.map(({ host }) => host),
    ).toContain('www')
  })
})
