import { describe, expect, it } from 'vitest'
import { readOptions } from './options.ts'

const NAMES = ['scale', 'drain']

describe('the options', () => {
  it('have defaults', () => {
    expect(readOptions([], NAMES)).toEqual({ rounds: 3, requests: 20_000, samples: 50 })
  })

  it('name cases, a file, and numbers', () => {
    const args = ['--only', 'drain,scale', '--rounds', '1', '--requests', '500', '--json', 'x.json', '--keep']
    expect(readOptions(args, NAMES)).toMatchObject({
      only: ['drain', 'scale'],
      rounds: 1,
      requests: 500,
      json: 'x.json',
      keep: true,
    })
  })

  it('are refused where they make no sense, with what would', () => {
    expect(() => readOptions(['--only', 'sale'], NAMES)).toThrow(
      "There is no case 'sale'. There are scale, drain.",
    )
    expect(() => readOptions(['--rounds', '0'], NAMES)).toThrow('A whole number of 1 or more is needed.')
    expect(() => readOptions(['--fast'], NAMES)).toThrow('unknown option')
  })
})
