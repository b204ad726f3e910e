import { describe, expect, it } from 'vitest'
import type { CaseResult, Round } from './case.ts'
import { renderCli, renderComparison, renderLoops, renderSideBySide, renderTable } from './table.ts'

function round(p99: number, reloads: number | null, measures: Round['measures']): Round {
  const latency = { p50: 1.23456, p99, p999: 1234.5, max: 5000 }
  const counts = { requests: 10, failed: 1, failures: {} }
  return { ...counts, latency, latencyFromSent: latency, reloads, seconds: 1, cpuPerRequest: 99.9, measures }
}

function result(...rounds: Round[]): CaseResult {
  return { name: 'a', title: 'A', bounds: {}, requests: 30, failed: 3, rounds }
}

describe('the table', () => {
  it('shows the sum of counts, the median round, and the worst of each measure', () => {
    const rounds = [round(30, 1, { ms: 5 }), round(10, 0, { ms: 7 }), round(20, 2, { ms: 6 })]
    expect(renderTable([result(...rounds)]).split('\n')).toEqual([
      '| case | failed  | reloads | p50 ms | p99 ms | p99.9 ms | CPU µs/request | more |',
      '| ---- | ------- | ------- | ------ | ------ | -------- | -------------- | ---- |',
      '| A    | 3 of 30 | 3       | 1.23   | 20     | 1230     | 99.9           | ms 7 |',
    ])
  })

  it('has a dash for reloads that there are none of', () => {
    expect(renderTable([result(round(1, null, {}))])).toContain('| –       |')
  })
})

describe('the table of Shoal and its peers', () => {
  it('has a line for each case that all were measured in', () => {
    const good = { ...result(round(1, 0, {})), failed: 0 }
    const alone = { ...good, name: 'b' }
    expect(renderSideBySide([good, alone], { Other: [result(round(1, null, {}))] }).split('\n')).toEqual([
      '| failed; CPU µs/request | Shoal   | Other      |',
      '| ---------------------- | ------- | ---------- |',
      '| A                      | 0; 99.9 | 10 %; 99.9 |',
    ])
  })
})

describe('the table of loops', () => {
  it('shows the goal beside what was measured', () => {
    const latency = { p50: 10.4, p99: 99.6, p999: 100, max: 100.2 }
    const loop = { name: 'a', title: 'A → B', goal: 250, samples: [1, 2], latency }
    expect(renderLoops([loop]).split('\n').at(-1)).toBe(
      '| A → B | 10     | 100    | 100    | 250      | 2       |',
    )
  })
})

describe('the table of commands', () => {
  it('shows medians, goals, and how much more they are than the last one', () => {
    const figures = [
      { title: 'shoal x', goal: 150, samples: [90, 60, 75] },
      { title: 'docker x', goal: null, samples: [50, 20, 30] },
    ]
    expect(renderCli(figures).split('\n')).toEqual([
      '| command  | user CPU ms | goal | beside docker x |',
      '| -------- | ----------- | ---- | --------------- |',
      '| shoal x  | 75          | 150  | 2.5             |',
      '| docker x | 30          | –    | 1               |',
    ])
  })
})

describe('the comparison', () => {
  it('shows all figures and the ratios with their errors', () => {
    const medians = { shoal: 4950, shoalPreferringLocal: 6000, byHand: 5001, byHandRetrying: 4900 }
    const ratio = { mean: 0.98765, error: 0.0123 }
    const rows = renderComparison([
      { figure: 'requests/s', medians, ratio, ratioRetrying: { mean: 1.01, error: 0.002 } },
    ])
    expect(rows.split('\n').at(-1)).toMatch(
      /^\| requests\/s \| 5000 +\| 4900 +\| 4950 +\| 6000 +\| 0\.988 ± 0\.012 +\| 1\.010 ± 0\.002 +\|$/,
    )
  })
})
