import { describe, expect, it } from 'vitest'
import { latenciesFromDue, parseSample } from './samples.ts'
import type { Sample } from './samples.ts'

const LINE = `1795602671979688520,200,1500000,0,3,,${btoa('ok\n')},,7,GET,http://127.0.0.1:80/,Q29udGVudA==`

function sample(sequence: number, sentAt: number, took: number): Sample {
  return { sequence, sentAt, took, status: 200, error: '', method: 'GET', url: '', body: '' }
}

describe("a line of Vegeta's CSV", () => {
  it('is read with times in ms', () => {
    const { sentAt, ...rest } = parseSample(LINE)
    expect(sentAt).toBeCloseTo(1_795_602_671_979.688, 2)
    expect(rest).toEqual({
      sequence: 7,
      took: 1.5,
      status: 200,
      error: '',
      method: 'GET',
      url: 'http://127.0.0.1:80/',
      body: 'ok\n',
    })
  })

  it('may have an error with commas and quotes', () => {
    const line = '1,0,649739,0,0,"Get ""http://x/"": dial, refused",,,0,GET,http://x/,'
    expect(parseSample(line)).toMatchObject({
      status: 0,
      error: 'Get "http://x/": dial, refused',
      method: 'GET',
    })
  })

  it('that is none is an error which shows it', () => {
    expect(() => parseSample('no targets to attack')).toThrow('not a result of Vegeta: no targets to attack')
  })
})

describe('latency from when a request was due', () => {
  it('is what the generator measured where it sent on time', () => {
    expect(latenciesFromDue([sample(0, 1000, 3), sample(1, 1010, 4)], 10)).toEqual([3, 4])
  })

  it('includes how late the generator sent', () => {
    expect(latenciesFromDue([sample(0, 1000, 3), sample(1, 1110, 4), sample(2, 1110, 5)], 10)).toEqual([
      3, 104, 95,
    ])
  })

  it('counts from the schedule even if the first request was late, and in any order', () => {
    expect(latenciesFromDue([sample(1, 1010, 1), sample(0, 1050, 1)], 10)).toEqual([1, 51])
  })

  it('is empty for none', () => {
    expect(latenciesFromDue([], 10)).toEqual([])
  })
})
