import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { asObject, asText } from '../../src/lib/unknown.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND

const stack = asObject(parse(readFileSync('swarm/stack.yml', 'utf8'), { merge: true }))
const checked = Object.entries(asObject(stack['services']))
  .map(([name, service]) => ({ name, check: asObject(asObject(service)['healthcheck']) }))
  .filter(({ check }) => Object.keys(check).length > 0)

/** ms */
function time(value: unknown): number {
  const [, amount = '', unit = ''] = /^(\d+)([sm])$/.exec(asText(value)) ?? []
  return Number(amount) * (unit === 'm' ? MINUTE : SECOND)
}

describe.each(checked)('the health check of $name', ({ check }) => {
  const timeout = time(check['timeout'])
  const stuckFor = Number(check['retries']) * (timeout + time(check['interval']))

  it('kills nobody who is slow', () => {
    expect(timeout).toBeGreaterThanOrEqual(30 * SECOND)
    expect(stuckFor).toBeGreaterThanOrEqual(3 * MINUTE)
    expect(time(check['start_period'])).toBeGreaterThanOrEqual(3 * MINUTE)
  })

  it('finds within minutes who is stuck for good', () => {
    expect(stuckFor).toBeLessThanOrEqual(10 * MINUTE)
  })

  it('leaves a program that shows its life in a file as much time', () => {
    const [, minutes = '3'] = /-mmin -(\d+)/.exec(JSON.stringify(check['test'])) ?? []
    expect(Number(minutes)).toBeGreaterThanOrEqual(3)
  })
})

it('all parts that are restarted when stuck are known', () => {
  expect(checked.map(({ name }) => name)).toEqual(['consul-server', 'consul-agent', 'node', 'controller'])
})
