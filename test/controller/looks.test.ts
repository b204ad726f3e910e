import { describe, expect, it } from 'vitest'
import { scopeOf } from '../../src/controller/looks.ts'
import type { Scope, ScopeInput } from '../../src/controller/looks.ts'
import { instance } from './plan/world.ts'

const few = { instances: [instance('t1', 'hello_www')] }
const many = { instances: Array.from({ length: 10_000 }, (_, index) => instance(`t${index}`, 'hello_www')) }

const SHORTLY_AFTER_ALL: ScopeInput = {
  known: few,
  everythingAsked: false,
  nodesOverdue: false,
  sinceFull: 4000,
}
const unknown = { known: null, sinceFull: Infinity }
const large = { known: many, nodesOverdue: true }

describe('the scope of an observation', () => {
  it.each<[what: string, Partial<ScopeInput>, Scope]>([
    ['the nodes, while it is not known that this node leads', unknown, 'nodes'],
    ['the nodes then, also if everything is asked for', { ...unknown, everythingAsked: true }, 'nodes'],
    ['the workloads asked for, shortly after all was observed', {}, 'workloads'],
    ['the nodes too, where it is time to ask who leads', { nodesOverdue: true }, 'nodes'],
    ['everything, where that is asked for', { everythingAsked: true }, 'everything'],
    [
      'everything, where that is asked for when it is time for the nodes',
      { everythingAsked: true, nodesOverdue: true },
      'everything',
    ],
    ['everything, some seconds after it was', { sinceFull: 4500 }, 'everything'],
    [
      'everything, when it is time for the nodes and for all',
      { nodesOverdue: true, sinceFull: 5000 },
      'everything',
    ],
    ['the nodes alone after some seconds, in a large cluster', { ...large, sinceFull: 39_999 }, 'nodes'],
    ['everything seldom in a large cluster', { ...large, sinceFull: 40_000 }, 'everything'],
  ])('is %s', (_, changes, scope) => {
    expect(scopeOf({ ...SHORTLY_AFTER_ALL, ...changes })).toBe(scope)
  })
})
