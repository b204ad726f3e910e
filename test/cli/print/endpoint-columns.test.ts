import { describe, expect, it } from 'vitest'
import { formatWeight } from '../../../src/cli/print/endpoint-columns.ts'
import { endpointViews } from '../../../src/views/endpoint.ts'
import { ENDPOINTS_OF_WWW, POLICY, REPORTS } from '../fixtures.ts'

describe('the weight of a task', () => {
  it.each([
    ['serving', 'ready', '128'],
    ['draining', 'ready', '128'],
    ['failing', 'drain', 'failing'],
    ['recovering', 'drain', 'recovering'],
    ['draining', 'drain', 'draining'],
    ['leaving', 'drain', 'leaving'],
    ['starting', 'maint', 'starting'],
    [null, 'drain', 'drain'],
  ] as const)('that is %s and %s in HAProxy is shown as %s', (standing, state, shown) => {
    expect(formatWeight({ weight: 128, state, standing, why: '' })).toBe(shown)
  })

  it('has no standing where a node agent of an earlier version reports none', () => {
    const [report] = REPORTS
    if (report === undefined) throw new Error('no report')
    const old = {
      ...report,
      backends: { hello_www: { 'hello_www.1.t1': { weight: 1, state: 'ready', why: '' } } },
    } as const
    const [view] = endpointViews(POLICY, new Map([['www-hello', ENDPOINTS_OF_WWW]]), [old])
    expect(view?.proxies).toEqual({ node1: { weight: 1, state: 'ready', standing: null, why: '' } })
  })
})
