import { describe, expect, it } from 'vitest'
import { changes } from '../../../src/node/view/changes.ts'
import { EMPTY_VIEW, nextView } from '../../../src/node/view/view.ts'
import type { View, ViewEvent } from '../../../src/node/view/view.ts'
import { after, endpoint, endpointsAnswer, hello, policiesAnswer, policy } from '../world.ts'

const www = (...endpoints: Parameters<typeof endpointsAnswer>[1][]) =>
  endpointsAnswer('www-hello', ...endpoints)
const events = (before: View, ...news: readonly ViewEvent[]) =>
  changes(before, after(news, 1, before)).map(({ event, fields }) => [
    event,
    fields['server'] ?? fields['service'],
  ])

describe('changes', () => {
  it('has a line for each thing that happened, and none for what did not', () => {
    const before = hello(endpoint('a', 'passing'), endpoint('b', 'passing'), endpoint('c', 'draining'))
    const news = www(endpoint('a', 'passing'), endpoint('b', 'critical'), endpoint('d', 'pending'))
    expect(events(before, news)).toEqual([
      ['endpoint', 'b'],
      ['endpoint', 'd'],
      ['endpoint gone', 'c'],
    ])
    expect(
      events(before, www(endpoint('a', 'passing'), endpoint('b', 'pending'), endpoint('c', 'draining'))),
    ).toEqual([])
  })

  it('tells of endpoints that Consul lost and found', () => {
    const before = hello(endpoint('a', 'passing'))
    const lost = after([www()], 1, before)
    expect(changes(before, lost)).toMatchObject([
      { event: 'endpoint', fields: { server: 'a', standing: 'serving', kept: true, present: false } },
    ])
    expect(events(lost, www())).toEqual([])
    expect(events(lost, www(endpoint('a', 'passing')))).toEqual([['endpoint', 'a']])
  })

  it('tells what becomes of policies', () => {
    const before = hello()
    expect(events(EMPTY_VIEW, policiesAnswer(policy('hello/www')), www())).toEqual([
      ['policy in force', 'hello/www'],
    ])
    expect(events(before, policiesAnswer(policy('hello/www')))).toEqual([])
    expect(events(before, policiesAnswer(policy('hello/www', { revision: 'r2' })))).toEqual([
      ['policy in force', 'hello/www'],
    ])
    expect(events(before, policiesAnswer())).toEqual([['policy missing: kept for a while', 'hello/www']])
    expect(events(after([policiesAnswer()], 1, before), policiesAnswer(policy('hello/www')))).toEqual([
      ['policy is back', 'hello/www'],
    ])
    expect(events(before, policiesAnswer({ key: 'hello/www', deleted: '2026-01-01T00:00:00Z' }))).toEqual([
      ['policy gone', 'hello/www'],
    ])
    const malformed: ViewEvent = { kind: 'policies', kv: new Map([['shoal/services/hello/www', '{']]) }
    expect(events(before, malformed)).toEqual([['policy ignored', 'hello/www']])
    expect(events(nextView(before, malformed, 1), malformed)).toEqual([])
  })
})
