import { chmod, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readIfThere, removeIfThere, writeIfChanged } from '../../src/lib/atomic-file.ts'

let directory: string

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shoal-disk-'))
})

afterEach(() => rm(directory, { recursive: true, force: true }))

describe('writeIfChanged', () => {
  it('writes a file that is new or differs, and leaves nothing else behind', async () => {
    const path = join(directory, 'a.cfg')
    expect(await writeIfChanged(path, 'one')).toBe(true)
    expect(await writeIfChanged(path, 'two')).toBe(true)
    expect(await readIfThere(path)).toBe('two')
    expect(await readdir(directory)).toEqual(['a.cfg'])
  })

  it('replaces the file, so that who has the old one open reads on in it, and leaves an equal one alone', async () => {
    const path = join(directory, 'a.cfg')
    await writeIfChanged(path, 'one')
    const first = (await stat(path)).ino
    expect(await writeIfChanged(path, 'one')).toBe(false)
    expect((await stat(path)).ino).toBe(first)
    await writeIfChanged(path, 'two')
    expect((await stat(path)).ino).not.toBe(first)
  })

  it('goes on after a crash that left a temporary file', async () => {
    await writeFile(join(directory, '.a.cfg.tmp'), 'half')
    await chmod(join(directory, '.a.cfg.tmp'), 0o600)
    expect(await writeIfChanged(join(directory, 'a.cfg'), 'whole')).toBe(true)
    expect(await readdir(directory)).toEqual(['a.cfg'])
    expect(await readIfThere(join(directory, 'a.cfg'))).toBe('whole')
  })
})

it('a file that is not there reads as null, and can be removed', async () => {
  const path = join(directory, 'none')
  expect(await readIfThere(path)).toBeNull()
  await removeIfThere(path)
  await expect(readIfThere(directory)).rejects.toThrow('EISDIR')
})
