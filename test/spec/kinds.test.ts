import { describe, expect, it } from 'vitest'
import { KINDS } from '../../src/spec/kinds/index.ts'
import { parseSpec } from '../../src/spec/parse.ts'
import { FILE, withSpec } from './documents.ts'

describe('every kind of document', () => {
  it('is in the table by the name that its schema asks for', () => {
    for (const [name, { kind, schema }] of KINDS) {
      expect(kind).toBe(name)
      expect(schema.properties?.['kind']?.enum).toEqual([name])
    }
  })

  it('is written so that it is read back to the same', () => {
    const parsed = parseSpec(withSpec('ports: [{ port: 80 }]'), FILE)
    if (!parsed.ok) throw new Error('a good spec is refused')
    const written = KINDS.get('Service')?.write(parsed.spec)
    expect(parseSpec(JSON.stringify(written), FILE)).toMatchObject({ ok: true, spec: parsed.spec })
  })
})
