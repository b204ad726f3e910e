import { describe, expect, it } from 'vitest'
import { planNode } from '../../../src/node/plan/plan.ts'
import { reportOf } from '../../../src/node/plan/report.ts'
import type { Programmed } from '../../../src/node/plan/report.ts'
import { endpoint, hello, SELF } from '../world.ts'
import type { ServiceKey } from '../../../src/model/service.ts'

const plan = planNode(hello(endpoint('a', 'passing')), SELF)
const done: Programmed = { structure: true, backends: new Set(['hello_www']), refusals: [] }
const report = (programmed: Partial<Programmed>, key: ServiceKey = 'hello/www') =>
  reportOf(key, plan, { ...done, ...programmed })

const refusal = (file: string, backend: string | null, port: number | null = null) => ({
  file,
  backend,
  port,
  complaint: 'no',
})

describe('reportOf', () => {
  it('tells what is programmed and why', () => {
    const why = "node: 1 of 1 tasks here take 100% of node1's traffic"
    expect(report({})).toEqual({
      key: 'hello/www',
      node: 'node1',
      zone: 'a',
      revision: 'r1',
      error: null,
      backends: { hello_www: { a: { weight: 256, state: 'ready', standing: 'serving', why } } },
    })
  })

  it('tells nothing before all of it is programmed', () => {
    expect(report({ structure: false })).toBeNull()
    expect(report({ backends: new Set(['other']) })).toBeNull()
    expect(report({}, 'no/such')).toBeNull()
  })

  it("tells HAProxy's refusal to those it concerns", () => {
    const error = (file: string, backend: string | null, port: number | null = null) =>
      report({ backends: new Set(), refusals: [refusal(file, backend, port)] })?.error ?? null
    expect(error('50-hello_www.cfg', 'hello_www')).toBe('50-hello_www.cfg: no')
    expect(error('10-http-80.cfg', null, 80)).toBe('10-http-80.cfg: no')
    expect(error('00-global.cfg', null)).toBe('00-global.cfg: no')
    expect(report({ refusals: [refusal('50-other.cfg', 'other')] })?.error).toBeNull()
    expect(report({ refusals: [refusal('10-http-8081.cfg', null, 8081)] })?.error).toBeNull()
  })
})
