import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { loadImages, provideImages } from '../../../swarm/images.ts'
import { BASE, DEFAULT_NAMES, DEMO_IMAGES, RECIPES } from '../../../swarm/images/recipes.ts'
import type { Setting } from '../../../swarm/images/recipes.ts'

const ROOT = new URL('../../../', import.meta.url)
const FAKE = fileURLToPath(new URL('fake-docker.sh', import.meta.url))
const TWO: readonly Setting[] = ['SHOAL_HAPROXY_IMAGE', 'SHOAL_HELLO_IMAGE']
const log = () => {}
let engine: string

beforeEach(async () => {
  engine = await mkdtemp(join(tmpdir(), 'shoal-images-'))
  await mkdir(join(engine, 'images'))
  await symlink(FAKE, join(engine, 'docker'))
  vi.stubEnv('PATH', `${engine}${delimiter}${process.env['PATH']}`)
  vi.stubEnv('FAKE_DOCKER', engine)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(engine, { recursive: true, force: true })
})

async function give(image: string): Promise<void> {
  const file = join(engine, 'images', image.replaceAll('/', '_'))
  await writeFile(file, `null\t2026 [""]\tsha256:${image}\n`)
}

async function calls(): Promise<string> {
  return await readFile(join(engine, 'calls'), 'utf8')
}

describe('provideImages', () => {
  it('provideImages makes the images that are wanted, and no others', async () => {
    await give(BASE)
    const names = await provideImages({ wanted: TWO, log })
    const builds = (await calls()).matchAll(/^build \S+ (\S+)/gm)
    const built = new Set(Array.from(builds, ([, name]) => name))
    expect(built).toEqual(new Set(['haproxy:3.2', 'shoal-hello:dev']))
    expect(names.SHOAL_HELLO_IMAGE).toMatch(/^shoal-hello:dev-[0-9a-f]{12}$/)
    expect(names.SHOAL_TOOLBOX_MUSL_IMAGE).toBe(DEFAULT_NAMES.SHOAL_TOOLBOX_MUSL_IMAGE)
  })
})

describe('loadImages', () => {
  const nodes = [{ name: 'node1', host: 'tcp://127.0.0.1:2375' }]

  it('loadImages brings the images that are wanted to the nodes, and no others', async () => {
    for (const { setting } of RECIPES) await give(DEFAULT_NAMES[setting])
    await loadImages(nodes, { wanted: TWO, log })
    expect((await calls()).trim()).toBe('save haproxy:3.2 shoal-hello:dev')
  })

  it('loadImages brings all images but the nodes’ own where none are named', async () => {
    for (const { setting } of RECIPES) await give(DEFAULT_NAMES[setting])
    await loadImages(nodes, { log })
    const saved = (await calls()).trim().split(' ').slice(1).toSorted()
    const all = RECIPES.map(({ setting }) => DEFAULT_NAMES[setting])
    expect(saved).toEqual(all.filter((name) => name !== DEFAULT_NAMES.SHOAL_NODE_IMAGE).toSorted())
  })
})

describe('the images of npm start', () => {
  it('the images of npm start are those of its nodes, the stack, the demo app and the tour', async () => {
    const files = ['swarm/stack.yml', 'manifests/hello.stack.yml', 'docs/tour.md']
    const texts = await Promise.all(files.map((file) => readFile(new URL(file, ROOT), 'utf8')))
    const used = RECIPES.map(({ setting }) => setting).filter((setting) =>
      texts.some((text) => text.includes(`\${${setting}:-`) || text.includes(` ${DEFAULT_NAMES[setting]}`)),
    )
    expect(DEMO_IMAGES.toSorted()).toEqual(['SHOAL_NODE_IMAGE', ...used].toSorted())
  })
})
