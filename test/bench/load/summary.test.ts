import { describe, expect, it } from 'vitest'
import type { Sample } from './samples.ts'
import { worstSecond } from './seconds.ts'
import { summarize } from './summary.ts'

function sample(change: Partial<Sample>): Sample {
  return {
    sequence: 0,
    sentAt: 0,
    took: 1,
    status: 200,
    error: '',
    method: 'GET',
    url: '',
    body: 'id\n',
    ...change,
  }
}

describe('a summary', () => {
  it('counts what was not answered with 2xx, by cause', () => {
    const samples = [
      sample({}),
      sample({ status: 503, error: '503 Service Unavailable', body: 'unready\n' }),
      sample({ status: 503, error: '503 Service Unavailable', body: 'unready\n', method: 'POST' }),
      sample({ status: 0, error: 'EOF' }),
      sample({ status: 302 }),
    ]
    const { requests, failed, failures } = summarize({ samples, latencies: [1, 1, 1, 1, 1] })
    expect({ requests, failed, failures }).toEqual({
      requests: 5,
      failed: 4,
      failures: { 'GET: 503 unready': 1, 'POST: 503 unready': 1, 'GET: EOF': 1, 'GET: 302 id': 1 },
    })
  })

  it('judges as it is told', () => {
    const samples = [sample({ status: 503 })]
    expect(summarize({ samples, latencies: [1] }, () => undefined).failed).toBe(0)
  })

  it('tells latencies from when requests were due and from when they were sent', () => {
    const { latency, latencyFromSent } = summarize({ samples: [sample({ took: 2 })], latencies: [7] })
    expect([latency.p99, latencyFromSent.p99]).toEqual([7, 2])
  })
})

describe('the worst second', () => {
  it('is the one with the highest p99, by when requests were due', () => {
    const samples = [
      sample({ sentAt: 500 }),
      sample({ sentAt: 1500 }),
      sample({ sentAt: 2900 }),
      sample({ sentAt: 3500 }),
    ]
    // The third was due at 1901, and sent late.
    expect(worstSecond({ samples, latencies: [9000, 5, 1000, 7] }, 1000)).toBe(1000)
  })

  it('is none where nothing was sent after the beginning', () => {
    expect(worstSecond({ samples: [sample({})], latencies: [1] }, 1000)).toBeNaN()
  })
})
