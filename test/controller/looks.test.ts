import { describe, expect, it } from 'vitest'
import { scopeOf } from '../../src/controller/looks.ts'
import { instance } from './plan/world.ts'

const few = { instances: [instance('t1', 'hello_www')] }
const many = { instances: Array.from({ length: 10_000 }, (_, index) => instance(`t${index}`, 'hello_www')) }

describe('the scope of an observation', () => {
  it.each([
    ['the nodes, while it is not known that this node leads', null, false, false, 0, 'nodes'],
    ['the nodes then, also if everything is asked for', null, true, true, Infinity, 'nodes'],
    ['the workloads asked for, shortly after all was observed', few, false, false, 4000, 'workloads'],
    ['the nodes too, where it is time to ask who leads', few, false, true, 4000, 'nodes'],
    ['everything, where that is asked for', few, true, false, 100, 'everything'],
    ['everything, where that is asked for and it is time for the nodes', few, true, true, 100, 'everything'],
    ['everything, some seconds after it was', few, false, false, 4500, 'everything'],
    ['everything, when it is time for the nodes and for all', few, false, true, 5000, 'everything'],
    ['the nodes alone after some seconds, in a large cluster', many, false, true, 39_999, 'nodes'],
    ['everything seldom in a large cluster', many, false, true, 40_000, 'everything'],
  ] as const)('is %s', (_, known, everythingAsked, nodesOverdue, sinceFull, scope) => {
    expect(scopeOf({ known, everythingAsked, nodesOverdue, sinceFull })).toBe(scope)
  })
})
