import { cpuUsage } from 'node:process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseSpec, parseSpecs } from '../../src/spec/parse.ts'
import { tries } from '../tries.ts'
import { FILE, LABEL, withSpec } from './documents.ts'

const FRAGMENTS = [
  'apiVersion: shoal.dev/v1\n|kind: Service\n|metadata: {name: www}\n|spec:\n|  ports:\n|    - port: 80\n'.split(
    '|',
  ),
  '- ,: ,? ,&a ,*a,!t ,{,},[,],",\',>-\n,%YAML 1.1\n,---\n,...\n,\t,\n,  ,#,\\,\0,\uFEFF,\u2028,<<,~,.inf,0x1'.split(
    ',',
  ),
  [',', '|\n', '__proto__', 'constructor'],
].flat()

describe('parseSpec', () => {
  it('throws on no text, and says where each error is', () => {
    const fragment = fc.constantFrom(...FRAGMENTS)
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc
        .array(fc.oneof(fragment, fc.string({ maxLength: 8 })), { maxLength: 40 })
        .map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(text, (each) => {
        for (const parsed of [parseSpec(each, LABEL), ...parseSpecs(each, FILE)]) {
          if (parsed.ok) continue
          expect(parsed.errors.length).toBeGreaterThan(0)
          const lines = each.split('\n').length
          for (const { line, column } of parsed.errors) {
            expect(line).toBeGreaterThan(0)
            expect(line).toBeLessThanOrEqual(lines)
            expect(column).toBeGreaterThan(0)
          }
        }
      }),
      { numRuns: tries({ quick: 200, all: 2000 }) },
    )
  })

  it('throws on no value, wherever it stands', () => {
    const values = fc.jsonValue({ maxDepth: 3 })
    const fields = fc.constantFrom(
      'ports',
      'hosts',
      'tags',
      'health',
      'locality',
      'drain',
      'selector',
      'timeout',
    )
    fc.assert(
      fc.property(fc.dictionary(fields, values), values, (fieldsOfSpec, metadata) => {
        const document = { apiVersion: 'shoal.dev/v1', kind: 'Service', metadata, spec: fieldsOfSpec }
        const parsed = parseSpec(JSON.stringify(document), FILE)
        expect(parsed.ok ? [] : parsed.errors.filter(({ code }) => code === 'InvalidYaml')).toEqual([])
      }),
      { numRuns: tries({ quick: 100, all: 500 }) },
    )
  })

  it.each([
    ['{', ''],
    ['- ', ''],
    ['}', ''],
    [',', '['],
    ['*a,', 'a: &a 1\nb: ['],
    ['---\n', ''],
    ['x: 1\n', withSpec('ports: [{port: 80}]')],
    ['{port: 80},', withSpec('ports: [')],
    ['a-', withSpec('hosts: [')],
  ])('is quick with %j again and again', (piece, before) => {
    const text = before + piece.repeat(Math.floor((65_536 - before.length) / piece.length))
    const started = cpuUsage()
    expect(parseSpec(text, FILE).ok).toBe(false)
    // CPU time, as other processes' load is none of its business. It takes a tenth of this; what isn't stopped, minutes.
    expect(cpuUsage(started).user).toBeLessThan(8_000_000)
  })
})
