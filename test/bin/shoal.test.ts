/**
 * What starting the command costs, without a clock: which packages it loads, and what it keeps for
 * the next start.
 */
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

/** Writes the URL of each module that Node loads to file descriptor 3, when the program ends. */
const RECORDER = `
import { writeFileSync } from 'node:fs'
import { registerHooks } from 'node:module'
const loaded = []
registerHooks({ load: (url, context, next) => (loaded.push(url), next(url, context)) })
process.on('exit', () => writeFileSync(3, JSON.stringify(loaded)))`

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-'))
})
afterAll(() => rm(folder, { recursive: true }))

interface Run {
  readonly code: number | null
  readonly output: string
  readonly errors: string
  /** Names of the packages that were loaded, in order of the alphabet. */
  readonly packages: readonly string[]
}

/** Runs `shoal`, where no engine answers. */
async function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Run> {
  const recorder = `data:text/javascript,${encodeURIComponent(RECORDER)}`
  const child = spawn(process.execPath, ['--import', recorder, 'src/bin/shoal.js', ...args], {
    env: { HOME: folder, DOCKER_HOST: 'tcp://127.0.0.1:1', ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  })
  const [, stdout, stderr, record] = child.stdio
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  const [output, errors, loaded] = await Promise.all([stdout, stderr, record].map(textOf))
  const urls: readonly string[] = JSON.parse(loaded ?? '')
  const packages = urls.flatMap((url) => /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url)?.[1] ?? [])
  return {
    code: await ended,
    output: output ?? '',
    errors: errors ?? '',
    packages: [...new Set(packages)].toSorted(),
  }
}

async function textOf(stream: unknown): Promise<string> {
  if (!(stream instanceof ReadableStream) && !isAsyncIterable(stream)) throw new Error('no pipe')
  return await text(stream)
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

const SPEC = 'manifests/hello.service.yml'
/** What checks a spec. */
const SPEC_PACKAGES = ['ajv', 'fast-deep-equal', 'fast-uri', 'json-schema-traverse', 'yaml']

describe('shoal', () => {
  it.each([
    [['--help']],
    [['get', 'services', '--help']],
    [['completion', 'bash']],
    [['complete-words', '--', 'get', 'services', '--out']],
    [['complete-words', '--', 'explain', 'spec.loc']],
    [['explain', 'spec.locality']],
  ])('%j loads no package but the one that reads command lines', async (args) => {
    const { code, packages, errors } = await run(args)
    expect({ code, packages, errors }).toEqual({ code: 0, packages: ['commander'], errors: '' })
  })

  it('validate loads what checks a spec, and no client of Docker or Consul', async () => {
    const { code, packages } = await run(['validate', '-f', SPEC])
    expect({ code, packages }).toEqual({ code: 0, packages: ['commander', ...SPEC_PACKAGES].toSorted() })
  })

  it('get services outside the containers loads Docker’s client, and nothing of what makes the answer', async () => {
    const { code, packages } = await run(['get', 'services'])
    expect(code).toBe(3)
    expect(packages).toEqual(expect.arrayContaining(['commander', 'dockerode']))
    expect(
      packages.filter((name) => [...SPEC_PACKAGES, 'consul', 'rxjs', 'pino', 'diff'].includes(name)),
    ).toEqual([])
  })

  it('get services where Consul can be reached loads no client of Docker', async () => {
    const { code, packages } = await run(['get', 'services'], { CONSUL_HTTP_ADDR: 'http://127.0.0.1:1' })
    expect(code).toBe(3)
    expect(packages).toEqual(expect.arrayContaining(['commander', 'consul', 'rxjs']))
    expect(packages.filter((name) => ['dockerode', 'docker-modem', 'diff'].includes(name))).toEqual([])
  })

  it('keeps what Node compiled in the user’s cache, or where NODE_COMPILE_CACHE says', async () => {
    const [users, other] = [join(folder, 'cache'), join(folder, 'other')]
    await run(['--help'], { XDG_CACHE_HOME: users })
    expect(await readdir(join(users, 'shoal'))).toHaveLength(1)
    await run(['--help'], { XDG_CACHE_HOME: join(folder, 'unused'), NODE_COMPILE_CACHE: other })
    expect(await readdir(other)).toHaveLength(1)
    expect(await readdir(folder)).not.toContain('unused')
  })

  it.each([
    ['can’t be written', { XDG_CACHE_HOME: '/dev/null' }],
    ['nobody has named', { HOME: '' }],
  ])('works without a cache where its folder %s', async (_, env) => {
    const { code, output, errors } = await run(['--help'], env)
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toContain('Usage: shoal')
  })
})
