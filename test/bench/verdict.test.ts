import { describe, expect, it } from 'vitest'
import type { CaseResult, Round } from './case.ts'
import type { Results } from './results.ts'
import { allMisses, misses } from './verdict.ts'

const LATENCY = { p50: 1, p99: 2, p999: 3, max: 4 }

function round(change: Partial<Round>): Round {
  return {
    requests: 10,
    failed: 0,
    failures: {},
    latency: LATENCY,
    latencyFromSent: LATENCY,
    reloads: 0,
    seconds: 1,
    cpuPerRequest: 100,
    measures: {},
    ...change,
  }
}

function result(bounds: CaseResult['bounds'], ...rounds: Round[]): CaseResult {
  return { name: 'a', title: 'A', bounds, requests: 0, failed: 0, rounds }
}

describe('a case', () => {
  it('that keeps its bounds misses nothing', () => {
    const bounds = { failed: 0, reloads: 0, measures: { ms: 250 } }
    expect(misses(result(bounds, round({ measures: { ms: 250 } })))).toEqual([])
  })

  it('misses them by round', () => {
    const bounds = { failed: 0, reloads: 1, measures: { ms: 250 } }
    const rounds = [round({ failed: 2, measures: { ms: 1 } }), round({ reloads: 2, measures: { ms: 251 } })]
    expect(misses(result(bounds, ...rounds))).toEqual([
      'a, round 1: failed requests: 2, and at most 0 are allowed',
      'a, round 2: reloads: 2, and at most 1 are allowed',
      'a, round 2: ms: 251, and at most 250 are allowed',
    ])
  })

  it('misses a bound whose measure is not there, and all of them without a round', () => {
    expect(misses(result({ measures: { ms: 250 } }, round({})))).toHaveLength(1)
    expect(misses(result({ failed: 0 }))).toEqual(['a: no round was measured'])
  })

  it('is not judged by what has no bound, nor by reloads where there are none to count', () => {
    expect(misses(result({}, round({ failed: 5, reloads: 5 })))).toEqual([])
    expect(misses(result({ reloads: 0 }, round({ reloads: null })))).toEqual([])
  })
})

describe('a run', () => {
  const nothing: Results = { cases: [], peers: {}, loops: [], throughput: null, cli: [], scale: null }
  const speed = (requestsPerSecond: number) => ({
    failed: 0,
    requestsPerSecond,
    cpuPerRequest: 1,
    cpuPerRequestAtFullSpeed: 1,
    p50: 1,
    p99: 1,
  })
  const contest = (shoal: number, byHandRetrying: number) => ({
    shoal: [speed(shoal)],
    shoalPreferringLocal: [],
    byHand: [],
    byHandRetrying: [speed(byHandRetrying)],
  })
  const loop = (p99: number) => ({
    name: 'a-to-b',
    title: 'A → B',
    goal: 250,
    samples: [1],
    latency: { ...LATENCY, p99 },
  })

  it('misses nothing where nothing was measured, or all is well', () => {
    expect(allMisses(nothing)).toEqual([])
    const throughput = contest(98, 100)
    expect(allMisses({ ...nothing, loops: [loop(250)], throughput })).toEqual([])
  })

  it('misses what the median of a command takes beyond its goal, and judges no command without one', () => {
    const command = (goal: number | null, ...samples: number[]) => ({ title: 'shoal x', goal, samples })
    const cli = [command(150, 149, 151, 150), command(150, 149, 151, 152), command(null, 1000)]
    expect(allMisses({ ...nothing, cli })).toEqual([
      'shoal x: 151 ms of user CPU time, and at most 150 are wanted',
    ])
  })

  it('misses what its cases, its loops and its throughput do, and not what peers do', () => {
    const lost = result({ failed: 0 }, round({ failed: 2 }))
    const throughput = contest(97, 100)
    const run = { ...nothing, cases: [lost], peers: { other: [lost] }, loops: [loop(251)], throughput }
    expect(allMisses(run)).toEqual([
      'a, round 1: failed requests: 2, and at most 0 are allowed',
      'a-to-b: p99 251 ms, and at most 250 are wanted',
      'throughput: 0.970 of that by hand, retrying, and at least 0.98 is wanted',
    ])
  })
})
