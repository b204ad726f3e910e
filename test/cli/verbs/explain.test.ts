import { describe, expect, it } from 'vitest'
import { codes, explainTopic, fieldPaths } from '../../../src/cli/verbs/explain.ts'
import { REASONS } from '../../../src/model/reasons.ts'

describe('shoal explain', () => {
  it.each([
    ['spec.locality.mode', 'explain-mode', false],
    ['spec.ports', 'explain-ports', false],
    ['spec.health', 'explain-health-recursive', true],
    ['HostConflict', 'explain-reason', false],
  ])('%s', async (topic, golden, recursive) => {
    await expect(`${explainTopic(topic, recursive)}\n`).toMatchFileSnapshot(`golden/${golden}.txt`)
  })

  it('explains every field and every code', () => {
    for (const topic of [...fieldPaths(), ...codes()]) {
      expect(explainTopic(topic, false)).toMatch(/DESCRIPTION:\n {4}\S/)
    }
    expect(fieldPaths()).toContain('spec.ports.targetPort')
  })

  it.each([
    ['service.spec.ports[0].port', 'spec.ports.port <integer> -required-'],
    ['Service', 'metadata <object> -required-'],
    ['', 'spec <object> -required-'],
    ['hostconflict', REASONS.HostConflict],
    ['unknownfield', 'ERROR:  UnknownField'],
  ])('understands %s', (topic, part) => {
    expect(explainTopic(topic, false)).toContain(part)
  })

  it.each([
    ['spec.localty.mode', 'spec has no field localty; did you mean spec.locality.mode?'],
    ['locality.mode', 'a spec has no field locality; did you mean spec.locality.mode?'],
    ['path', 'a spec has no field path; did you mean spec.health.http.path?'],
    ['spec.ports.prot', 'spec.ports has no field prot; did you mean spec.ports.port?'],
    ['HostConflit', 'a spec has no field HostConflit; did you mean HostConflict?'],
    ['spec.health.zzz', 'spec.health has no field zzz; it has http, tcp, interval, timeout'],
    ['spec.drain.x', 'spec.drain has no field x; it is a duration: '],
    ['spec.toString', 'spec has no field toString; '],
  ])('names what was probably meant by %s', (topic, message) => {
    expect(() => explainTopic(topic, false)).toThrow(message)
  })
})
