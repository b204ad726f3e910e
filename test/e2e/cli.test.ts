/** The reading half of the command, as a user runs it: from a checkout, and inside a controller. */
import { spawn } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import type { EndpointView } from '../../src/views/endpoint.ts'
import type { NodeView } from '../../src/views/node.ts'
import type { ProxyView } from '../../src/views/proxy.ts'
import type { ServiceEvent } from '../../src/model/event.ts'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { startApp } from './app.ts'
import type { App } from './app.ts'
import { condition, shoal } from './shoal.ts'
import { execIn, world } from './world.ts'
import type { World } from './world.ts'

let target: World
let app: App

beforeAll(async () => {
  target = await world()
  app = await startApp(target, 'cli', 2)
  await condition(target, 'cli/www', 'Ready', 'Ready')
  await condition(target, 'cli/www', 'Programmed', 'Programmed')
})

afterAll(async () => {
  await app.remove()
})

const NODES = ['node1', 'node2', 'node3']

async function inside(...args: readonly string[]): Promise<string> {
  return await execIn(target, 0, 'shoal_controller', ['shoal', ...args])
}

/** What a command from the checkout prints; it must succeed. */
async function outside(...args: readonly string[]): Promise<string> {
  const { code, output, errors } = await shoal(target, args)
  expect({ code, errors }).toEqual({ code: 0, errors: '' })
  return output
}

async function data<T>(...args: readonly string[]): Promise<T> {
  return JSON.parse(await outside(...args, '-o', 'json'))
}

function rows(table: string): string[][] {
  return table
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {3,}/))
}

describe('shoal get', () => {
  it('lists services in every format', async () => {
    const [header, ...services] = rows(await outside('get', 'services', '-A'))
    expect(header).toEqual(['NAMESPACE', 'NAME', 'READY', 'HOSTS', 'PROGRAMMED', 'AGE', 'STATUS'])
    expect(services).toContainEqual(expect.arrayContaining(['cli', 'www', '2/2', '3/3', 'Ready']))
    expect(await outside('get', 'services', '-n', 'cli', '-o', 'name')).toBe('service/cli/www\n')
    const wide = await outside('get', 'svc', 'www.cli', '-o', 'wide')
    expect(wide).toContain('80->8080/http   prefer')
    expect(wide).toContain('label shoal.spec of service cli_www')
    expect(await data('get', 'services', 'cli/www')).toMatchObject([
      { namespace: 'cli', name: 'www', ready: 2 },
    ])
  })

  it('lists endpoints of all services and of one', async () => {
    const all = await data<EndpointView[]>('get', 'endpoints')
    const own = await data<EndpointView[]>('get', 'ep', 'cli/www')
    expect(all).toEqual(expect.arrayContaining(own))
    expect(own.map(({ health, service, backend }) => `${service} ${backend} ${health}`)).toEqual(
      Array(2).fill('cli/www cli_www passing'),
    )
    for (const { proxies } of own) expect(Object.keys(proxies).toSorted()).toEqual(NODES)
    const [header] = rows(await outside('get', 'endpoints', 'cli/www'))
    expect(header?.slice(-4)).toEqual(['HEALTH', ...NODES.map((node) => `WEIGHT@${node}`)])
  })

  it('lists nodes and proxies', async () => {
    const nodes = await data<NodeView[]>('get', 'nodes')
    expect(nodes.map(({ name, consulAgent, haproxy }) => [name, consulAgent, haproxy?.health])).toEqual(
      NODES.map((name) => [name, 'alive', 'passing']),
    )
    expect(nodes.filter(({ leader }) => leader)).toHaveLength(1)
    const served = nodes.flatMap(({ tasks }) => tasks).filter(({ service }) => service === 'cli/www')
    expect(served.map(({ ready }) => ready)).toEqual([true, true])
    const proxies = await data<ProxyView[]>('get', 'proxies')
    expect(
      proxies.map(({ node, services }) => [
        node,
        services.find(({ service }) => service === 'cli/www')?.state,
      ]),
    ).toEqual(NODES.map((node) => [node, 'programmed']))
    expect(rows(await outside('get', 'nodes'))).toHaveLength(4)
    expect(rows(await outside('get', 'proxies', 'node2')).at(1)?.[0]).toBe('node2')
  })

  it('says the same inside a controller', async () => {
    for (const what of ['services', 'endpoints', 'nodes', 'proxies'])
    // Another test's stack may just be going.
    {
      await waitFor(
        `the same ${what} from both`,
        async () => {
          const [there, here] = await Promise.all(
            [inside, outside].map((say) => say('get', what, '-o', 'json')),
          )
          expect(there).toBe(here)
          return true
        },
        { timeoutMs: 60_000, everyMs: 1000 },
      )
    }
  })

  it('ends with a code that says why', async () => {
    const missing = await shoal(target, ['get', 'endpoints', 'nope'])
    expect(missing).toMatchObject({
      code: 1,
      errors: expect.stringMatching(/^no service nope; there are: .*cli\/www/),
    })
    expect((await shoal(target, ['get', 'nodes', 'node9'])).code).toBe(1)
    expect((await shoal(target, ['get', 'services', '-o', 'xml'])).code).toBe(2)
  })

  it('is coloured as the terminal outside wants it', async () => {
    const lead = '\u001B[1mNAMESPACE\u001B[22m'
    expect((await outside('get', 'services')).startsWith('NAMESPACE')).toBe(true)
    const coloured = await shoal(target, ['get', 'services'], { FORCE_COLOR: '1' })
    expect(coloured.output.startsWith(lead)).toBe(true)
  })
})

describe('shoal describe', () => {
  it('tells all about a service', async () => {
    const text = await outside('describe', 'service', 'cli/www')
    for (const part of [
      /^Source: +label shoal\.spec of service cli_www$/m,
      /^ {2}Programmed +True +\w+ +Programmed +3 of 3 proxies$/m,
      /^ {6}service: cli_www$/m,
      /^ {2}cli_www\.\d\.\w+ +cli_www +node\d .* passing$/m,
      /^ {2}node3 +cli_www +cli_www\.\d\.\w+ +\d+ +\S.* traffic/m,
      /^ {2}\w+ +Normal +TaskRegistered +1 +task cli_www\.1\.\w+ on node\d at 10\./m,
    ]) {
      expect(text).toMatch(part)
    }
    expect(await inside('describe', 'svc', 'www', '-n', 'cli')).toMatch(/^Name: +www$/m)
  })

  it('tells of a node and of a proxy', async () => {
    expect(await outside('describe', 'node', 'node1')).toMatch(/^Consul agent: +alive$/m)
    expect(await outside('describe', 'proxy', 'node1')).toMatch(/^ {2}cli\/www +programmed +\w+$/m)
  })
})

/** A command that goes on. */
class Watching {
  printed = ''
  readonly #child
  readonly #ended: Promise<NodeJS.Signals | number | null>

  constructor({ cluster }: World, args: readonly string[]) {
    const env = { ...process.env, DOCKER_HOST: cluster.node(0).host }
    this.#child = spawn(process.execPath, ['src/bin/shoal.js', ...args], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    this.#child.stdout.on('data', (piece: Buffer) => {
      this.printed += piece.toString()
    })
    this.#ended = new Promise((resolve) =>
      this.#child.once('exit', (code, signal) => resolve(signal ?? code)),
    )
  }

  async says(what: RegExp): Promise<void> {
    await waitFor(
      `the watch to say ${what}`,
      async () => {
        if (!what.test(this.printed)) throw new Error(this.printed)
        return true
      },
      { timeoutMs: 60_000, everyMs: 100 },
    )
  }

  async interrupt(): Promise<NodeJS.Signals | number | null> {
    this.#child.kill('SIGINT')
    return await this.#ended
  }
}

/** Processes of a watch inside the controller that a checkout's command talks to. */
async function watchers(): Promise<string[]> {
  const list = 'for each in /proc/[0-9]*/cmdline; do tr "\\0" " " < $each; echo; done 2> /dev/null'
  const lines = await execIn(target, 0, 'shoal_controller', ['sh', '-c', list])
  return lines.split('\n').filter((line) => line.includes('--watch'))
}

describe('shoal get --watch', () => {
  it('shows what changes until it is interrupted, and leaves nothing behind', async () => {
    const table = new Watching(target, ['get', 'services', 'cli/www', '--watch'])
    const lines = new Watching(target, ['get', 'endpoints', 'cli/www', '--watch', '-o', 'json'])
    const events = new Watching(target, ['events', 'cli/www', '--watch'])
    onTestFinished(async () => {
      for (const each of [table, lines, events]) await each.interrupt()
    })
    await table.says(/^NAMESPACE.*\ncli .* 2\/2 .* Ready\n$/s)
    await lines.says(/"health":"passing"/)
    expect(await watchers()).not.toEqual([])
    await app.scale(3)
    await table.says(/ 3\/3 .* Ready\n/)
    await events.says(/TaskRegistered +cli\/www +1 +task cli_www\.3\./)
    await lines.says(/"container":"cli_www\.3\.[^\n]*"health":"passing"/)
    for (const line of lines.printed.trimEnd().split('\n')) expect(JSON.parse(line)).toHaveProperty('health')
    expect(await Promise.all([table, lines, events].map((each) => each.interrupt()))).toEqual(
      Array(3).fill('SIGINT'),
    )
    await waitFor(
      'the watches inside the controller to end',
      async () => {
        const left = await watchers()
        if (left.length > 0) throw new Error(left.join('\n'))
        return true
      },
      { timeoutMs: 30_000, everyMs: 500 },
    )
  })
})

describe('shoal events', () => {
  async function happened(reason: string, message: RegExp): Promise<ServiceEvent> {
    return await waitFor(
      `an event ${reason} ${message}`,
      async () => {
        const events = await data<ServiceEvent[]>('events', 'cli/www')
        const found = events.find((event) => event.reason === reason && message.test(event.message))
        if (found === undefined) throw new Error(JSON.stringify(events))
        return found
      },
      { timeoutMs: 60_000, everyMs: 1000 },
    )
  }

  it('tell of a scale-down', async () => {
    await app.scale(1)
    await app.served(1)
    await happened(
      'TaskDraining',
      /^task cli_www\.\d\.\w+ on node\d: Swarm wants the task (shutdown|remove)$/,
    )
    await happened('TaskDeregistered', /^task cli_www\./)
    const [header] = rows(await inside('events', '-n', 'cli'))
    expect(header).toEqual(['LAST SEEN', 'TYPE', 'REASON', 'SERVICE', 'COUNT', 'MESSAGE'])
  })

  it('tell of a bad spec and of its mending', async () => {
    const label = (port: string) =>
      `shoal.spec={apiVersion: shoal.dev/v1, kind: Service, metadata: {name: www}, spec: {ports: [{port: 80, targetPort: ${port}}]}}`
    const relabel = (port: string) =>
      target.cluster.docker(0, [
        'service',
        'update',
        '--detach',
        '--label-add',
        label(port),
        app.swarmService,
      ])
    await relabel('many')
    const refused = await happened('InvalidSpec', /spec\.ports\[0\]\.targetPort: .*many/)
    expect(refused.type).toBe('Warning')
    await relabel('8080')
    const mended = await happened('Accepted', /label shoal\.spec of service cli_www/)
    await happened('PolicyChanged', /^revision \w+ from label/)
    expect(mended.type).toBe('Normal')
  })
})
