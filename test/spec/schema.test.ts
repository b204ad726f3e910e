import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { execPath } from 'node:process'
import { promisify } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, it } from 'vitest'
import type { SchemaNode } from '../../src/spec/json-schema.ts'
import { parseSpec } from '../../src/spec/parse.ts'
import { publishedSchema } from '../../src/spec/published.ts'
import { SERVICE_SCHEMA } from '../../src/spec/kinds/service/schema.ts'
import { FILE, withSpec } from './documents.ts'

const COMMITTED = new URL('../../manifests/shoal.schema.json', import.meta.url)

interface Field {
  readonly path: string
  readonly schema: SchemaNode
}

function fields(schema: SchemaNode, path: string): Field[] {
  const { properties = {}, items } = schema
  const below = Object.entries(properties).flatMap(([name, each]) => fields(each, `${path}.${name}`))
  return [{ path, schema }, ...below, ...(items === undefined ? [] : fields(items, `${path}[]`))]
}
const FIELDS = fields(SERVICE_SCHEMA, '')

async function publish(...args: readonly string[]): Promise<string> {
  const { stderr } = await promisify(execFile)(execPath, ['src/bin/publish-schema.ts', ...args])
  return stderr
}

describe('the published schema', () => {
  it('is the one in manifests/: else run `npm run schema`', async () => {
    expect(await readFile(COMMITTED, 'utf8')).toBe(publishedSchema())
  })

  it('is written by publish.ts, which asks for a file', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'shoal-schema-')), 'schema.json')
    await expect(publish()).rejects.toMatchObject({ code: 2, stderr: expect.stringContaining('usage') })
    expect(await publish(file)).toBe('')
    expect(await readFile(file, 'utf8')).toBe(publishedSchema())
    await rm(dirname(file), { recursive: true })
  })

  it('is JSON Schema 2020-12', () => {
    const ajv = new Ajv2020({ strict: true, strictRequired: false })
    expect(ajv.validateSchema(JSON.parse(publishedSchema()))).toBe(true)
  })
})

describe.each(FIELDS)('field $path of the schema', ({ schema }) => {
  const ajv = new Ajv2020({ strict: true, strictRequired: false })

  it('is described, and its examples and default are valid', () => {
    expect(schema.description).toMatch(/^[A-Z`].*\.$/)
    expect(schema.examples.length).toBeGreaterThan(0)
    const values = [...schema.examples, ...(schema.default === undefined ? [] : [schema.default])]
    expect(values.filter((value) => !ajv.validate(schema, value))).toEqual([])
  })

  it('refuses fields it does not know, if it is an object', () => {
    const closed = schema.type === 'object' ? false : undefined
    expect(schema.additionalProperties).toBe(closed)
  })
})

describe('a default of the schema', () => {
  const minimal = withSpec('ports: [{port: 80}]')
  const OPTIONAL = ['hosts', 'aliases', 'tags', 'health', 'locality', 'drain', 'maxConnections', 'timeout']

  it('is on every field of spec that is not required, but for the selector', () => {
    const all = Object.entries(SERVICE_SCHEMA.properties?.['spec']?.properties ?? {})
    expect(all.filter(([, schema]) => schema.default !== undefined).map(([name]) => name)).toEqual(OPTIONAL)
  })

  it.each([
    ...OPTIONAL.map(
      (name) => [`.spec.${name}`, (value: string) => `${minimal}  ${name}: ${value}\n`] as const,
    ),
    ...['interval', 'timeout'].map((name) => [`.spec.health.${name}`, inField('health', name)] as const),
    ...['mode', 'headroom'].map((name) => [`.spec.locality.${name}`, inField('locality', name)] as const),
    ...['path', 'status'].map(
      (name) =>
        [
          `.spec.health.http.${name}`,
          (value: string) => `${minimal}  health: {http: {${name}: ${value}}}\n`,
        ] as const,
    ),
    ['.spec.ports[].protocol', (value: string) => minimal.replace('80', `80, protocol: ${value}`)] as const,
  ])('%s is what leaving the field out means', (path, write) => {
    const schema = FIELDS.find((field) => field.path === path)?.schema
    const spelled = write(JSON.stringify(schema?.default))
    expect(parseSpec(spelled, FILE)).toEqual({ ...parseSpec(minimal, FILE), text: spelled })
  })

  function inField(holder: string, name: string) {
    return (value: string) => `${minimal}  ${holder}: {${name}: ${value}}\n`
  }
})
