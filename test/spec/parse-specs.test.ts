import { describe, expect, it } from 'vitest'
import { parseSpec, parseSpecs } from '../../src/spec/parse.ts'
import { FILE, withSpec } from './documents.ts'

const WWW = withSpec('ports: [{port: 80}]')
const API = WWW.replace('www', 'api')

describe('parseSpecs', () => {
  it('reads each document of a file, and gives the text of each', () => {
    const parsed = parseSpecs(`# one\n${WWW}---\n# two\n${API}---\n`, FILE)
    expect(parsed.map((each) => each.ok && each.spec.name)).toEqual(['www', 'api'])
    const alone = parsed.map((each) => (each.ok ? parseSpec(each.text, FILE) : each))
    expect(alone).toMatchObject([{ spec: { name: 'www' } }, { spec: { name: 'api' } }])
    expect(alone[0]).toHaveProperty('text', `# one\n${WWW}`)
  })

  it('tells the lines of the file, and keeps what is good', () => {
    const parsed = parseSpecs(`${WWW}---\n${API.replace('ports:', 'prot:')}---\na: [\n---\n${API}`, FILE)
    expect(parsed.map((each) => each.ok)).toEqual([true, false, false, true])
    expect(parsed.flatMap((each) => (each.ok ? [] : each.errors))).toMatchObject([
      { code: 'MissingField', line: 11, column: 1 },
      { code: 'UnknownField', line: 13, column: 3 },
      { code: 'InvalidYaml', line: 16 },
    ])
  })

  it('refuses a service that is declared twice', () => {
    const parsed = parseSpecs([WWW, API, WWW].join('---\n'), FILE)
    expect(parsed).toMatchObject([
      { ok: true },
      { ok: true },
      {
        ok: false,
        name: 'www',
        errors: [{ code: 'DuplicateService', line: 17, column: 18, field: 'metadata.name' }],
      },
    ])
    expect(parsed[2]).toHaveProperty(
      'errors.0.message',
      expect.stringContaining('default/www is declared in line 3'),
    )
  })

  it('gives one refusal for a file without documents', () => {
    expect(parseSpecs('# nothing\n', FILE)).toMatchObject([{ ok: false, errors: [{ code: 'EmptySpec' }] }])
  })

  it('tells at most 50 errors of a document', () => {
    const fields = Array.from({ length: 200 }, (_, index) => `x${index}: 1`)
    const [parsed] = parseSpecs(withSpec('ports: [{port: 80}]', ...fields), FILE)
    expect(parsed).toHaveProperty('errors.length', 50)
  })
})
