import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { provideImage } from '../../../swarm/images/provide.ts'
import { Puller } from '../../../swarm/images/pull.ts'
import { DEFAULT_NAMES, RECIPES } from '../../../swarm/images/recipes.ts'

const FAKE = fileURLToPath(new URL('fake-docker.sh', import.meta.url))
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

function provide(folder: string, base = 'base'): Promise<string> {
  const recipe = RECIPES.find((each) => each.folder.endsWith(`/${folder}`))
  if (recipe === undefined) throw new Error(`no recipe ${folder}`)
  return provideImage(
    { ...recipe, name: DEFAULT_NAMES[recipe.setting] },
    { log, puller: new Puller(log), base },
  )
}

/** Pulls and builds since last asked. */
async function calls(): Promise<string[]> {
  const file = join(engine, 'calls')
  const text = await readFile(file, 'utf8').catch(() => '')
  await rm(file, { force: true })
  return text.split('\n').filter((line) => line !== '')
}

describe('an official image', () => {
  it('is pulled where that works, and then left alone', async () => {
    await writeFile(join(engine, 'registry'), '')
    expect(await provide('haproxy')).toBe('haproxy:3.2')
    expect(await calls()).toEqual(['pull busybox:musl', 'pull haproxy:3.2'])
    expect(await provide('haproxy')).toBe('haproxy:3.2')
    expect(await calls()).toEqual([])
  })

  it('is built under its own name where it can be pulled by nobody, and then left alone', async () => {
    expect(await provide('haproxy')).toBe('haproxy:3.2')
    expect(await calls()).toEqual(['pull busybox:musl', 'build Dockerfile haproxy:3.2'])
    expect(await provide('haproxy')).toBe('haproxy:3.2')
    expect(await calls()).toEqual([])
  })

  it('is never replaced by one of ours when it was there before', async () => {
    await writeFile(join(engine, 'images', 'haproxy:3.2'), 'null\t2026 [""]\tsha256:theirs\n')
    expect(await provide('haproxy')).toBe('haproxy:3.2')
    expect(await calls()).toEqual([])
  })
})

describe('an image on an official base', () => {
  it('is built on it where it can be pulled', async () => {
    await writeFile(join(engine, 'registry'), '')
    const name = await provide('node')
    expect(name).toMatch(/^shoal-node:dev-[0-9a-f]{12}$/)
    const build = `build Dockerfile.pulled shoal-node:dev ${name}`
    expect(await calls()).toEqual(['pull busybox:musl', 'pull docker:28-dind', build])
  })

  it('is built from packages where not, under another exact name', async () => {
    const name = await provide('node')
    expect(await calls()).toEqual(['pull busybox:musl', `build Dockerfile shoal-node:dev ${name}`])
    await writeFile(join(engine, 'registry'), '')
    await rm(join(engine, 'images', 'shoal-node:dev'))
    expect(await provide('node')).not.toBe(name)
  })
})

describe('an image of ours', () => {
  it('is built once, and again when what it is built on changes', async () => {
    const name = await provide('hello')
    expect(await provide('hello')).toBe(name)
    expect(await calls()).toEqual([`build Dockerfile shoal-hello:dev ${name}`])
    expect(await provide('hello', 'other base')).not.toBe(name)
    expect(await calls()).toHaveLength(1)
  })

  it('gets its exact name back when that was taken away', async () => {
    const name = await provide('hello')
    await rm(join(engine, 'images', name))
    expect(await provide('hello')).toBe(name)
    expect(await readFile(join(engine, 'images', name), 'utf8')).toContain('shoal.dev/inputs')
  })
})
