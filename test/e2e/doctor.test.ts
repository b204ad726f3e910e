/** Each fault that `shoal doctor` knows is really made, found, and healed again; `diff` and dry runs say what would come of a file. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ReportLine } from '../../src/cli/doctor/report.ts'
import { DIFFERENT, FAILED, OK } from '../../src/cli/exit.ts'
import { waitFor } from '../../swarm/dev/cluster/wait.ts'
import { startApp } from './app.ts'
import type { App } from './app.ts'
import { condition, serviceView, shoal } from './shoal.ts'
import type { Ended } from './shoal.ts'
import { without } from './shoal-services.ts'
import { inOrder } from './steps.ts'
import { containersOf, execIn, world } from './world.ts'
import type { World } from './world.ts'

/** A Swarm service without tasks, and a Shoal service of that name that selects another. */
const IDLE = 'doctor-idle'
const TIMEOUT = { timeoutMs: 180_000, everyMs: 1000 }
/** Each look of the doctor is a program started here and another in the Swarm. */
const SLOW = { timeout: 600_000 }

let target: World
let app: App
let folder = ''

beforeAll(async () => {
  target = await world()
  app = await startApp(target, 'doctor', 1)
  folder = await mkdtemp(join(tmpdir(), 'shoal-'))
  await healthy()
})

afterAll(async () => {
  await rm(folder, { recursive: true })
  await app.remove()
})

async function doctor(): Promise<Ended & { readonly diagnoses: readonly ReportLine[] }> {
  const ended = await shoal(target, ['doctor', '-o', 'json'])
  return { ...ended, diagnoses: JSON.parse(ended.output) }
}

type Wanted = Partial<ReportLine>

/** Waits until the doctor finds this. */
async function finds(wanted: Wanted): Promise<ReportLine> {
  return await waitFor(
    `the doctor to find ${JSON.stringify(wanted)}`,
    async () => {
      const { diagnoses, code } = await doctor()
      const found = diagnoses.find((each) =>
        Object.entries(wanted).every(([key, value]) => new Map(Object.entries(each)).get(key) === value),
      )
      if (found === undefined) {
        throw new Error(JSON.stringify(diagnoses.filter(({ status }) => status !== 'ok')))
      }
      expect(code).toBe(diagnoses.some(({ status }) => status === 'fault') ? FAILED : OK)
      return found
    },
    TIMEOUT,
  )
}

/** Waits until every check could be done, and none finds anything. */
async function healthy(): Promise<void> {
  await waitFor(
    'the doctor to find nothing',
    async () => {
      const { code, diagnoses } = await doctor()
      const found = diagnoses.filter(({ status }) => status !== 'ok')
      if (found.length > 0 || code !== OK) throw new Error(`${code} ${JSON.stringify(found)}`)
      return true
    },
    TIMEOUT,
  )
}

function service(...args: string[]): Promise<string> {
  return target.cluster.docker(0, ['service', ...args])
}

function update(name: string, ...args: string[]): Promise<string> {
  return service('update', '--detach', '--quiet', ...args, name)
}

async function file(name: string, body: string): Promise<string> {
  const path = join(folder, `${name}.yml`)
  await writeFile(path, `apiVersion: shoal.dev/v1\nkind: Service\nmetadata: {name: ${name}}\nspec:\n${body}`)
  return path
}

/** A spec of the app's tasks. */
function serving(more = ''): string {
  return `  selector: {service: ${app.swarmService}}\n  ports: [{port: 80, targetPort: 8080}]\n${more}`
}

describe('a service that is set up wrong', SLOW, () => {
  inOrder('describe')

  beforeAll(async () => {
    const image = target.settings['SHOAL_HELLO_IMAGE'] ?? ''
    const publish = ['--publish', 'published=18080,target=8080']
    await service(
      'create',
      '--detach',
      '--quiet',
      '--name',
      IDLE,
      '--replicas',
      '0',
      '--network',
      'shoal_mesh',
      '--env',
      'UPSTREAM=http://www.doctor',
      ...publish,
      image,
    )
  })
  afterAll(async () => {
    await service('rm', IDLE)
    await healthy()
  })

  it('names another service and lacks dns', async () => {
    const { mend } = await finds({ check: 'dns', status: 'warning', subject: `service ${IDLE}` })
    expect(mend).toContain(`docker service update --dns-add 169.254.20.10 ${IDLE}`)
    await update(IDLE, '--dns-add', '169.254.20.10')
    await finds({ check: 'dns', status: 'ok' })
  })

  it('needs IP_VS, by an ingress port and by its virtual address, where the kernel has none', async ({
    annotate,
  }) => {
    const test = ['sh', '-c', 'test -e /proc/net/ip_vs; echo $?']
    const lacking = (await execIn(target, 0, 'shoal_controller', test)).trim() !== '0'
    await annotate(
      lacking
        ? 'this kernel has no IP_VS: the doctor has to find both'
        : 'this kernel has IP_VS: the doctor has to be content, and what it finds without is seen in quick tests alone',
    )
    const found = (await doctor()).diagnoses.filter(
      ({ check, status }) => check === 'ipvs' && status === 'fault',
    )
    const each = `service ${IDLE}`
    expect(found.map(({ subject }) => subject)).toEqual(lacking ? [each, each] : [])
    await update(IDLE, '--publish-rm', 'published=18080,target=8080,protocol=tcp,mode=ingress')
    await update(IDLE, '--endpoint-mode', 'dnsrr')
    await finds({ check: 'ipvs', status: 'ok' })
  })

  it('publishes the port of HAProxy', async () => {
    await update(IDLE, '--publish-add', 'published=80,target=8080,mode=host')
    const { found, mend } = await finds({ check: 'ports', status: 'fault', subject: `service ${IDLE}` })
    expect(found).toMatch(/^it publishes port 80 \(host mode\)/)
    const option = 'published=80,target=8080,protocol=tcp,mode=host'
    expect(mend).toContain(`docker service update --publish-rm ${option} ${IDLE};`)
    await update(IDLE, '--publish-rm', option)
    await finds({ check: 'ports', status: 'ok' })
  })

  it('has the short name of another', async () => {
    const spec = await file(IDLE, serving())
    await shoal(target, ['apply', '-f', spec])
    const { found } = await finds({ check: 'names', status: 'warning', subject: `service default/${IDLE}` })
    expect(found).toContain(`Swarm service ${IDLE}`)
    await shoal(target, ['delete', '-f', spec])
    await finds({ check: 'names', status: 'ok' })
  })

  it('is not on the mesh', async () => {
    await update(IDLE, '--network-rm', 'shoal_mesh')
    await shoal(target, ['apply', '-f', await file('lost', serving().replace(app.swarmService, IDLE))])
    const { found } = await finds({ check: 'mesh', status: 'fault', subject: 'service default/lost' })
    expect(found).toContain('NotOnMesh')
    await shoal(target, ['delete', 'lost'])
    await finds({ check: 'mesh', status: 'ok' })
  })
})

describe('a spec', SLOW, () => {
  afterAll(healthy)

  it('that is bad in a label is told with its place', async () => {
    const label = (text: string) => update(app.swarmService, '--label-add', `shoal.spec=${text}`)
    const good = await service('inspect', '--format', '{{index .Spec.Labels "shoal.spec"}}', app.swarmService)
    await label(good.replace('targetPort', 'targetPrt'))
    const { found, mend } = await finds({ check: 'specs', status: 'fault', subject: 'service doctor/www' })
    expect(found).toMatch(
      /^InvalidSpec: label shoal\.spec of service doctor_www:5:\d+: spec\.ports\[0\]\.targetPrt/,
    )
    expect(mend).toContain('shoal validate')
    await label(good)
    await finds({ check: 'specs', status: 'ok' })
  })

  it('whose tasks fail their check leaves its service without an answer', async () => {
    await shoal(target, ['apply', '-f', await file('sick', serving().replace('8080', '9'))])
    const { found } = await finds({ check: 'health', status: 'fault', subject: 'service default/sick' })
    expect(found).toBe('no task passes its check (0 of 1 tasks): requests get 503')
    await shoal(target, ['delete', 'sick'])
    await finds({ check: 'health', status: 'ok' })
  })
})

describe('a part of Shoal that is missing', SLOW, () => {
  it('on one node is named with the constraint that keeps it away', async () => {
    const constraint = 'node.hostname != node2'
    await update('shoal_dns', '--constraint-add', constraint)
    const { mend } = await finds({ check: 'parts', status: 'fault', subject: 'node2' })
    expect(mend).toBe(`docker service update --constraint-rm '${constraint}' shoal_dns`)
    await update('shoal_dns', '--constraint-rm', constraint)
    await healthy()
  })

  it('and is the controller itself leaves what Docker alone can tell', async () => {
    await without(target, ['shoal_controller'], async () => {
      const { code, diagnoses } = await doctor()
      expect(code).toBe(FAILED)
      const status = (name: string) => diagnoses.find(({ check }) => check === name)?.status
      expect(['docker', 'controller', 'consul', 'proxies'].map(status)).toEqual([
        'ok',
        'fault',
        'unknown',
        'unknown',
      ])
      expect(diagnoses.find(({ check }) => check === 'consul')?.found).toContain(
        'no container of shoal_controller runs there',
      )
    })
    await healthy()
  })
})

describe('a node', SLOW, () => {
  it('that is drained, and then lacks HAProxy because something took its port, is named', async () => {
    const node = await nodeWithoutServer()
    const { name } = target.cluster.node(node)
    const availability = (value: string) =>
      target.cluster.docker(0, ['node', 'update', '--availability', value, name])
    const image = target.settings['SHOAL_HELLO_IMAGE'] ?? ''
    await availability('drain')
    await finds({ check: 'nodes', status: 'warning', subject: name })
    await waitFor(
      'HAProxy to leave it',
      async () => ((await containersOf(target, node, 'shoal_haproxy')).length === 0 ? true : undefined),
      TIMEOUT,
    )
    const thief = ['run', '--detach', '--publish', '80:8080', image]
    const container = (await target.cluster.docker(node, thief)).trim()
    await availability('active')
    const { found, mend } = await finds({ check: 'ports', status: 'fault', subject: name })
    expect(found).toMatch(/^port 80 is taken there: /)
    expect(mend).toContain("ss -ltnp 'sport = :80'")
    await finds({ check: 'parts', status: 'fault', subject: name })
    await target.cluster.docker(node, ['rm', '--force', container])
    await healthy()
  })
})

/** Consul's only server would take its knowledge with it. */
async function nodeWithoutServer(): Promise<number> {
  const counts = await Promise.all(
    target.cluster.nodes.map((_, node) => containersOf(target, node, 'shoal_consul-server')),
  )
  return counts.findLastIndex((containers) => containers.length === 0)
}

describe('shoal diff', SLOW, () => {
  it('shows what apply would change, and whether the meaning does', async () => {
    const path = await file('shop', serving('  hosts: [shop.example.test]\n'))
    const created = await shoal(target, ['diff', '-f', path])
    expect([created.code, created.output.split('\n')[0]]).toEqual([DIFFERENT, '--- /dev/null'])
    await shoal(target, ['apply', '-f', path])
    expect(await shoal(target, ['diff', '-f', path])).toEqual({ code: OK, output: '', errors: '' })
    await writeFile(path, `# the shop\n${await readSpec('shop')}  drain: 10s\n`)
    const same = await shoal(target, ['diff', '-f', path])
    expect([same.code, same.output]).toEqual([OK, ''])
    expect(same.errors).toContain('only comments, formatting or written-out defaults differ')
    await writeFile(path, (await readSpec('shop')).replace('shop.example.test', 'shop2.example.test'))
    const changed = await shoal(target, ['diff', '-f', path])
    expect(changed.code).toBe(DIFFERENT)
    expect(changed.output).toContain('-  hosts: [shop.example.test]\n+  hosts: [shop2.example.test]')
    expect((await shoal(target, ['diff', '-f', join(folder, 'missing.yml')])).code).toBe(FAILED)
    await shoal(target, ['delete', 'shop'])
  })
})

describe('shoal apply --dry-run', SLOW, () => {
  it('says what the running controller would say, and changes nothing', async () => {
    const holder = await file('holder', serving('  hosts: [dry.example.test]\n'))
    const wanting = await file('wanting', serving('  hosts: [dry.example.test]\n'))
    const lost = await file('astray', serving().replace(app.swarmService, 'nobody'))
    await shoal(target, ['apply', '-f', holder])
    await condition(target, 'default/holder', 'Accepted', 'Accepted')
    const before = await configs()
    const dry = await shoal(target, ['apply', '--dry-run=server', '-f', wanting, lost, holder])
    expect(dry.errors).toBe('')
    expect(dry.code).toBe(FAILED)
    expect(dry.output.split('\n').filter((line) => !line.includes('=True'))).toEqual([
      'service default/wanting created (server dry run)',
      '  Accepted=False HostConflict: host dry.example.test is held by default/holder, which is older',
      'service default/astray created (server dry run)',
      '  Resolved=False NoSuchService: there is no Swarm service nobody; see docker service ls',
      'service default/holder unchanged (server dry run)',
      '',
    ])
    expect((await shoal(target, ['apply', '--dry-run=server', '-f', holder])).code).toBe(OK)
    const client = await shoal(target, ['apply', '--dry-run=client', '-f', wanting])
    expect(client).toEqual({
      code: OK,
      output: 'service default/wanting created (client dry run)\n',
      errors: '',
    })
    expect(await configs()).toEqual(before)
    expect(await serviceView(target, 'default/wanting')).toBeUndefined()
    await shoal(target, ['apply', '-f', wanting])
    const said = await condition(target, 'default/wanting', 'Accepted', 'HostConflict')
    expect(dry.output).toContain(said.message)
    await shoal(target, ['delete', 'holder', 'wanting'])
  })
})

describe('completion', SLOW, () => {
  it('knows the services of the cluster', async () => {
    const { output } = await shoal(target, ['complete-words', '--', 'get', 'endpoints', 'doctor/'])
    expect(output).toBe('doctor/www\n')
  })
})

async function configs(): Promise<string[]> {
  const names = await target.cluster.docker(0, ['config', 'ls', '--format', '{{.Name}}'])
  return names.split('\n').toSorted()
}

function readSpec(name: string): Promise<string> {
  return readFile(join(folder, `${name}.yml`), 'utf8')
}
