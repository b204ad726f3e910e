/** What people write: good specs take effect, bad ones are told where they are wrong, and what ran before goes on. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { startApp } from './app.ts'
import type { App } from './app.ts'
import { get } from './load.ts'
import { condition, serviceView, shoal } from './shoal.ts'
import { world } from './world.ts'
import type { World } from './world.ts'

let target: World
let app: App
let folder = ''

beforeAll(async () => {
  target = await world()
  app = await startApp(target, 'specs', 1)
  folder = await mkdtemp(join(tmpdir(), 'shoal-'))
})

afterAll(async () => {
  await rm(folder, { recursive: true })
  await app.remove()
})

async function statuses(host: string): Promise<number[]> {
  return await Promise.all(target.cluster.nodes.map(async ({ httpUrl }) => (await get(httpUrl, host)).status))
}

/** Waits until every node answers for a host with this status. */
async function answers(host: string, status: number): Promise<void> {
  await waitFor(
    `${host} to be answered ${status}`,
    async () => {
      const found = await statuses(host)
      if (found.some((each) => each !== status)) throw new Error(found.join(', '))
      return true
    },
    { timeoutMs: 30_000 },
  )
}

function relabel(text: string): Promise<string> {
  const label = `shoal.spec=${text}`
  return target.cluster.docker(0, ['service', 'update', '--detach', '--label-add', label, app.swarmService])
}

function spec(name: string, body: string): string {
  return `apiVersion: shoal.dev/v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n${body}`
}

const GOOD = spec(
  'www',
  '  ports: [{port: 80, targetPort: 8080}]\n  health: {http: {path: /}, timeout: 2s}\n',
)

describe('a bad spec in a label', () => {
  it.each([
    [
      'an unknown field',
      GOOD.replace('targetPort', 'targetPrt'),
      /:5:\d+: spec\.ports\[0\]\.targetPrt: .*targetPort/,
    ],
    ['a wrong type', GOOD.replace('8080', 'many'), /:5:\d+: spec\.ports\[0\]\.targetPort: .*many/],
  ])('with %s is refused with its place, and the last good one stays in force', async (_, text, message) => {
    await relabel(text)
    const accepted = await condition(target, 'specs/www', 'Accepted', 'InvalidSpec')
    expect(accepted.status).toBe('False')
    expect(accepted.message).toMatch(message)
    expect(await statuses(app.host)).toEqual([200, 200, 200])
    await relabel(GOOD)
    await condition(target, 'specs/www', 'Accepted', 'Accepted')
  })
})

describe('two services that claim one host', () => {
  it('leave it to the older; the newer is told', async () => {
    const body = (port: number) =>
      `  selector: {service: ${app.swarmService}}\n  ports: [{port: ${port}, targetPort: 8080}]\n  hosts: [claimed.example.test]\n`
    const older = join(folder, 'older.yml')
    const newer = join(folder, 'newer.yml')
    await writeFile(older, spec('older', body(80)))
    await writeFile(newer, spec('newer', body(80)))
    await shoal(target, ['apply', '-f', older])
    await answers('claimed.example.test', 200)
    await shoal(target, ['apply', '-f', newer])
    const conflict = await condition(target, 'default/newer', 'Accepted', 'HostConflict')
    expect(conflict.message).toBe('host claimed.example.test is held by default/older, which is older')
    expect((await serviceView(target, 'default/older'))?.hosts).toContain('claimed.example.test')
    expect((await shoal(target, ['delete', '-f', older])).output).toBe('service default/older deleted\n')
    await condition(target, 'default/newer', 'Accepted', 'Accepted')
    expect((await serviceView(target, 'default/newer'))?.hosts).toContain('claimed.example.test')
    await shoal(target, ['delete', 'newer'])
    await answers('claimed.example.test', 404)
  })
})

describe('shoal', () => {
  it('applies, changes and deletes a service declared by a file', async () => {
    const file = join(folder, 'shop.yml')
    const body = (host: string) =>
      `  selector: {service: ${app.swarmService}}\n  ports: [{port: 80, targetPort: 8080}]\n  hosts: [${host}]\n`
    await writeFile(file, spec('shop', body('one.example.test')))
    expect((await shoal(target, ['apply', '-f', file])).output).toBe('service default/shop created\n')
    await answers('one.example.test', 200)
    await writeFile(file, spec('shop', body('two.example.test')))
    expect((await shoal(target, ['apply', '-f', file])).output).toBe('service default/shop configured\n')
    await answers('two.example.test', 200)
    await answers('one.example.test', 404)
    expect((await shoal(target, ['apply', '-f', file])).output).toBe('service default/shop unchanged\n')
    expect((await shoal(target, ['delete', '-f', file])).output).toBe('service default/shop deleted\n')
    await answers('two.example.test', 404)
  })

  it('applies with --wait until every HAProxy serves it, or says why the controller refuses it', async () => {
    const body = `  selector: {service: ${app.swarmService}}\n  ports: [{port: 80, targetPort: 8080}]\n  hosts: [waited.example.test]\n`
    const [first, second] = ['waited', 'waited-too'].map((name) => join(folder, `${name}.yml`))
    if (first === undefined || second === undefined) throw new Error('no files')
    await writeFile(first, spec('waited', body))
    const ready = await shoal(target, ['apply', '-f', first, '--wait'])
    expect(ready).toMatchObject({ code: 0, errors: '' })
    expect(ready.output).toMatch(
      /^service default\/waited created\n(.*\n)*service default\/waited is ready\n$/,
    )
    // A connection kept from before the reload may be answered once by the worker that was there then.
    await answers('waited.example.test', 200)
    await writeFile(second, spec('waited-too', body))
    expect(await shoal(target, ['apply', '-f', second, '--wait=2m'])).toMatchObject({
      code: 1,
      errors:
        'service default/waited-too is refused: Accepted=False HostConflict: host waited.example.test is held by default/waited, which is older\n',
    })
    await shoal(target, ['delete', '-f', first, second])
    await answers('waited.example.test', 404)
  })

  it('validates files: exit code 1 and every place of an error', async () => {
    const file = join(folder, 'bad.yml')
    await writeFile(file, GOOD.replace('targetPort', 'targetPrt').replace('port: 80', 'port: http'))
    const { code, errors } = await shoal(target, ['validate', '-f', file])
    expect(code).toBe(1)
    expect(errors.split('\n').filter((line) => line.startsWith(`${file}:5:`))).toHaveLength(2)
    await writeFile(file, `${GOOD}  selector: {service: any}\n`)
    expect(await shoal(target, ['validate', '-f', file])).toMatchObject({ code: 0, errors: '' })
  })
})
