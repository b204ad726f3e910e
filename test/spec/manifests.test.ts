import { readdir, readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { formatSpecError } from '../../src/spec/messages/errors.ts'
import { parseSpec } from '../../src/spec/parse.ts'
import type { SpecContext } from '../../src/spec/parse.ts'
import { specsOfVariables } from '../../src/spec/registrator/registrator.ts'

const FOLDER = new URL('../../manifests/', import.meta.url)

/** What `docker stack deploy` makes of a file with these variables set alone. */
function interpolate(text: string, variables: Variables): string {
  const value = (_: string, name = '', byDefault = '$') => variables[name] ?? byDefault
  return text.replaceAll(/\$\$|\$\{(\w+):-([^}]*)\}/g, value)
}

type Variables = Readonly<Record<string, string>>

interface StackFile {
  readonly services: Readonly<
    Record<
      string,
      {
        dns: string[]
        command?: string[]
        environment?: Variables
        networks: string[]
        deploy: { labels?: Record<string, string>; endpoint_mode: string }
      }
    >
  >
  readonly configs?: Readonly<Record<string, { file: string; name: string; labels: Record<string, string> }>>
  readonly networks: unknown
}

async function stackFile(name: string, variables: Variables = {}): Promise<StackFile> {
  const text = interpolate(await readFile(new URL(name, FOLDER), 'utf8'), variables)
  const file: StackFile = parse(text, { merge: true })
  return file
}

function specOf(text: string, context: SpecContext) {
  const parsed = parseSpec(text, context)
  if (!parsed.ok) throw new Error(parsed.errors.map(formatSpecError).join('\n'))
  return parsed.spec
}

async function specInLabel(file: string, stack: string, service: string, variables: Variables = {}) {
  const { services } = await stackFile(file, variables)
  const context = { source: file, stack, service: `${stack}_${service}` }
  return specOf(services[service]?.deploy.labels?.['shoal.spec'] ?? '', context)
}

/** What the variables of a stack file's services declare. */
async function specsInVariables(file: string, stack: string, variables: Variables = {}) {
  const { services } = await stackFile(file, variables)
  return Object.entries(services).flatMap(([name, { environment = {} }]) => {
    const said = { labels: {}, containerLabels: {}, publishedPorts: [], env: environment }
    return specsOfVariables(said, { name: `${stack}_${name}`, group: stack, nameInGroup: name })
  })
}

async function specInFile(file: string, stack: string | null) {
  return specOf(await readFile(new URL(file, FOLDER), 'utf8'), { source: file, stack, service: null })
}

const HELLO = {
  name: 'www',
  namespace: 'hello',
  selector: { service: 'hello_www' },
  ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'http' }],
  hosts: ['www.hello.127.0.0.1.nip.io'],
  health: { type: 'http', path: '/', interval: 1000, timeout: 500 },
  locality: { mode: 'prefer', headroom: 1.2 },
  drain: 10_000,
}

describe('manifests', () => {
  it('hello.stack.yml declares hello in a label', async () => {
    expect(await specInLabel('hello.stack.yml', 'hello', 'www')).toMatchObject(HELLO)
  })

  it('hello.service.yml declares the same', async () => {
    const inLabel = await specInLabel('hello.stack.yml', 'hello', 'www')
    expect(await specInFile('hello.service.yml', null)).toEqual(inLabel)
  })

  it('hello-config.stack.yml makes a labelled config of it, for the service it deploys', async () => {
    const { services, configs } = await stackFile('hello-config.stack.yml')
    expect(configs?.['www']).toMatchObject({ name: 'hello-www-1', labels: { 'shoal.dev/kind': 'Service' } })
    const spec = await specInFile(configs?.['www']?.file ?? '', 'hello')
    expect(spec).toMatchObject(HELLO)
    expect(Object.keys(services).map((name) => `hello_${name}`)).toEqual([spec.selector.service])
  })

  it('tcp.stack.yml declares a TCP service, under a name that Docker’s DNS does not answer itself', async () => {
    const spec = await specInLabel('tcp.stack.yml', 'tcp', 'server')
    expect(spec).toMatchObject({
      name: 'echo',
      namespace: 'tcp',
      selector: { service: 'tcp_server' },
      ports: [{ name: 'echo', port: 7000, targetPort: 7000, protocol: 'tcp' }],
      health: { type: 'tcp' },
    })
    const { services } = await stackFile('tcp.stack.yml')
    expect(Object.keys(services)).not.toContain(spec.name)
    expect(services['server']).toMatchObject({ command: ['tcp-echo'], environment: { PORT: '7000' } })
  })

  it.each(['prod', 'feat42'])(
    'branches.stack.yml makes %s a namespace, by name and by spec',
    async (line) => {
      const variables = { PROD_LINE: line }
      expect(await specsInVariables('tour/branches.stack.yml', 'shop', variables)).toMatchObject([
        { ok: true, spec: { name: 'servicea', namespace: line, selector: { service: 'shop_a' } } },
      ])
      const spec = await specInLabel('tour/branches.stack.yml', 'shop', 'b', variables)
      expect(spec).toMatchObject({ name: 'serviceb', namespace: line, selector: { service: 'shop_b' } })
    },
  )

  it('migration/after.stack.yml declares what was before, but for what is ignored', async () => {
    const http = (port: number) => [{ port, targetPort: port, protocol: 'http' }]
    expect(await specsInVariables('migration/after.stack.yml', 'shop')).toMatchObject([
      {
        spec: {
          name: 'www',
          namespace: 'world.dev',
          ports: http(8080),
          aliases: ['www.world.dev', 'hello.home'],
          tags: ['world.dev', 'server_alias=hello.home'],
          health: { type: 'http', path: '/', interval: 5000, timeout: 3000 },
        },
      },
      { spec: { name: 'api', namespace: 'shop', ports: http(8080), health: { type: 'tcp' } } },
      { spec: { name: 'cache', namespace: 'shop', ports: [{ port: 7000, protocol: 'tcp' }] } },
    ])
  })

  it('migration/: nobody’s variables change, but for the port that the image exposed', async () => {
    const before = await stackFile('migration/before.docker-compose.yml')
    const after = await stackFile('migration/after.stack.yml')
    const SAME = ['www', 'worker']
    for (const name of SAME) {
      expect(after.services[name]?.environment).toEqual(before.services[name]?.environment)
    }
    const { SERVICE_NAME, ...rest } = before.services['api']?.environment ?? {}
    expect(after.services['api']?.environment).toEqual({ ...rest, SERVICE_8080_NAME: SERVICE_NAME })
  })

  it('put every service on the mesh, with Shoal’s DNS', async () => {
    const files = await readdir(FOLDER, { recursive: true })
    const stacks = files.filter((name) => name.endsWith('.stack.yml'))
    expect(stacks).toContain('migration/after.stack.yml')
    for (const name of stacks) {
      const { services, networks } = await stackFile(name)
      expect(networks).toEqual({ mesh: { external: true, name: 'shoal_mesh' } })
      for (const service of Object.values(services)) {
        expect(service).toMatchObject({
          networks: ['mesh'],
          dns: ['169.254.20.10'],
          deploy: { endpoint_mode: 'dnsrr' },
        })
      }
    }
  })

  it('hello.service.yml names the schema that lies beside it, for editors', async () => {
    const [first = ''] = (await readFile(new URL('hello.service.yml', FOLDER), 'utf8')).split('\n')
    const schema = first.replace('# yaml-language-server: $schema=', '')
    expect(await readdir(FOLDER)).toContain(schema)
  })
})
