import { chmod, cp, mkdir, mkdtemp, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { hashInputs } from '../../../swarm/images/inputs.ts'

let root: string
let recipe: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'shoal-inputs-'))
  recipe = join(root, 'recipe')
  await mkdir(join(recipe, 'www'), { recursive: true })
  await writeFile(join(recipe, 'Dockerfile'), 'FROM scratch\n')
  await writeFile(join(recipe, 'www/start'), 'echo hello\n')
})

afterEach(() => rm(root, { recursive: true, force: true }))

describe('the hash of what an image is built from', () => {
  it('is the same for a copy elsewhere with other times', async () => {
    const copy = join(root, 'elsewhere', 'recipe')
    await cp(recipe, copy, { recursive: true })
    await utimes(join(copy, 'Dockerfile'), 0, 0)
    expect(await hashInputs([copy], ['base'])).toBe(await hashInputs([recipe], ['base']))
  })

  it.each([
    ['a changed content', () => writeFile(join(recipe, 'Dockerfile'), 'FROM scratch \n')],
    ['a changed content deep inside', () => writeFile(join(recipe, 'www/start'), 'echo hallo\n')],
    ['a new file', () => writeFile(join(recipe, 'www/more'), '')],
    ['a new name', () => rename(join(recipe, 'www/start'), join(recipe, 'www/begin'))],
    ['a file made executable', () => chmod(join(recipe, 'www/start'), 0o755)],
  ])('changes with %s', async (_, change) => {
    const before = await hashInputs([recipe], [])
    await change()
    expect(await hashInputs([recipe], [])).not.toBe(before)
  })

  it('changes with the base', async () => {
    expect(await hashInputs([recipe], ['one'])).not.toBe(await hashInputs([recipe], ['other']))
  })

  it('takes single files too', async () => {
    const file = join(recipe, 'Dockerfile')
    const before = await hashInputs([file], [])
    await writeFile(file, 'FROM debian\n')
    expect(await hashInputs([file], [])).not.toBe(before)
  })
})
