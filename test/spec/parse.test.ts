import { describe, expect, it } from 'vitest'
import { formatSpecError } from '../../src/spec/messages/errors.ts'
import { parseSpec } from '../../src/spec/parse.ts'
import type { SpecContext } from '../../src/spec/parse.ts'
import { FILE, HEAD, LABEL, withSpec } from './documents.ts'

function specOf(text: string, context: SpecContext = FILE) {
  const parsed = parseSpec(text, context)
  if (!parsed.ok) throw new Error(parsed.errors.map(formatSpecError).join('\n'))
  return parsed.spec
}

const FULL = `
apiVersion: shoal.dev/v1
kind: Service
metadata: {name: www, namespace: hello}
spec:
  selector: {service: hello_www}
  ports:
    - {name: web, port: 80, targetPort: 8080, protocol: http}
    - {name: db, port: 5432, targetPort: 5433, protocol: tcp}
  hosts: [WWW.hello.example.com, example.com]
  aliases: [Hello.home]
  tags: [primary, v2]
  health: {http: {path: /up?full=1, status: 200, host: Check.example.com, port: 9000}, interval: 2s, timeout: 1s}
  locality: {mode: strict, headroom: 2}
  drain: 1m
  maxConnections: 100
  timeout: 1h
`

describe('parseSpec', () => {
  it('reads every field', () => {
    expect(specOf(FULL)).toEqual({
      name: 'www',
      namespace: 'hello',
      selector: { service: 'hello_www' },
      ports: [
        { name: 'web', port: 80, targetPort: 8080, protocol: 'http' },
        { name: 'db', port: 5432, targetPort: 5433, protocol: 'tcp' },
      ],
      hosts: ['www.hello.example.com', 'example.com'],
      aliases: ['hello.home'],
      tags: ['primary', 'v2'],
      health: {
        type: 'http',
        path: '/up?full=1',
        host: 'check.example.com',
        port: 9000,
        interval: 2000,
        timeout: 1000,
      },
      locality: { mode: 'strict', headroom: 2 },
      drain: 60_000,
      maxConnections: 100,
      timeout: 3_600_000,
    })
  })

  it('needs a port alone, in the label of a service', () => {
    expect(specOf(`${HEAD}spec: {ports: [{port: 80}]}`, LABEL)).toEqual({
      name: 'www',
      namespace: 'hello',
      selector: { service: 'hello_www' },
      ports: [{ name: 'http', port: 80, targetPort: 80, protocol: 'http' }],
      hosts: [],
      aliases: [],
      tags: [],
      health: { type: 'http', path: '/', host: null, port: null, interval: 1000, timeout: 500 },
      locality: { mode: 'prefer', headroom: 1.2 },
      drain: 10_000,
      maxConnections: 0,
      timeout: 60_000,
    })
  })

  it.each([
    ['hello', 'hello'],
    ['My_Stack', 'my-stack'],
    [null, 'default'],
  ])('takes the namespace from stack %s', (stack, namespace) => {
    expect(specOf(withSpec('ports: [{port: 80}]'), { ...FILE, stack }).namespace).toBe(namespace)
  })

  it('accepts in a label a selector that says the same', () => {
    expect(specOf(withSpec('ports: [{port: 80}]'), LABEL).selector).toEqual({ service: 'hello_www' })
  })

  it.each([
    ['{port: 80}', ['http']],
    ['{port: 81, protocol: tcp}', ['tcp']],
    ['{port: 80}, {port: 81}, {port: 82, protocol: tcp}', ['http', 'p81', 'tcp']],
    ['{port: 80}, {port: 81, name: http}', ['p80', 'http']],
  ])('names the ports %s', (ports, names) => {
    expect(specOf(withSpec(`ports: [${ports}]`)).ports.map(({ name }) => name)).toEqual(names)
  })

  it.each([
    ['ports: [{port: 80}]', 'http', null],
    ['ports: [{port: 81, protocol: tcp}, {port: 80}]', 'tcp', null],
    ['ports: [{port: 80}]\n  health: {tcp: {}}', 'tcp', null],
    ['ports: [{port: 80}]\n  health: {tcp: {port: 9000}}', 'tcp', 9000],
    ['ports: [{port: 81, protocol: tcp}]\n  health: {http: {port: 9000}}', 'http', 9000],
    ['ports: [{port: 80}]\n  health: {interval: 5s}', 'http', null],
  ])('chooses the check for %j', (lines, type, port) => {
    expect(specOf(withSpec(lines)).health).toMatchObject({ type, port })
  })

  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['2m', 120_000],
    ['24h', 86_400_000],
  ])('reads the duration %s', (drain, ms) => {
    expect(specOf(withSpec('ports: [{port: 80}]', `drain: ${drain}`)).drain).toBe(ms)
  })

  it('reads JSON, comments, anchors, CRLF and a byte order mark', () => {
    const plain = specOf(withSpec('ports: [{port: 80}]'))
    const json =
      '{"apiVersion": "shoal.dev/v1", "kind": "Service", "metadata": {"name": "www"}, "spec": {"selector": {"service": "hello_www"}, "ports": [{"port": 80}]}}'
    const anchored = withSpec('ports: [{port: &p 80, targetPort: *p}] # same')
    expect(specOf(json)).toEqual(plain)
    expect(specOf(anchored)).toEqual(plain)
    expect(specOf(`\uFEFF# a\r\n${withSpec('ports: [{port: 80}]').replaceAll('\n', '\r\n')}---\r\n`)).toEqual(
      plain,
    )
  })

  it.each([
    ['{name: www, namespace: hello}', 'www', 'hello'],
    ['{name: www, namespace: world.dev}', 'www', 'world.dev'],
    ['{name: W.w, namespace: world.}', null, null],
    ['{name: www}\nx: [', 'www', null],
  ])('tells of which service a bad spec is: metadata %j', (metadata, name, namespace) => {
    const parsed = parseSpec(`metadata: ${metadata}\nspec: {ports: 1}`, FILE)
    expect(parsed).toMatchObject({ ok: false, name, namespace })
  })
})

describe('formatSpecError', () => {
  it('writes place, field and message, as compilers do', () => {
    const error = { code: 'InvalidValue', source: 'a.yml', line: 3, column: 7, message: 'found 0' } as const
    expect(formatSpecError({ ...error, field: 'spec.ports[0].port' })).toBe(
      'a.yml:3:7: spec.ports[0].port: found 0',
    )
    expect(formatSpecError({ ...error, field: '' })).toBe('a.yml:3:7: found 0')
  })
})
