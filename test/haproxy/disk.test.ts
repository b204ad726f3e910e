import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ConfigFolder } from '../../src/haproxy/disk.ts'

const FILES = { '00-global.cfg': 'global\n', '50-a.cfg': 'a\n', '50-b.cfg': 'b\n' }

let directory: string
let folder: ConfigFolder

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'shoal-config-'))
  folder = new ConfigFolder(directory)
})

afterEach(() => rm(directory, { recursive: true, force: true }))

describe('ConfigFolder', () => {
  it('keeps just the files it is given, and leaves those of others alone', async () => {
    expect(await folder.read()).toEqual({})
    await writeFile(join(directory, 'conf.d', '99-mine.cfg'), 'mine')
    await folder.write(FILES)
    expect(await folder.read()).toEqual(FILES)
    const { '50-b.cfg': _, ...fewer } = FILES
    await folder.write(fewer)
    expect(await folder.read()).toEqual(fewer)
    expect(await readdir(join(directory, 'conf.d'))).toContain('99-mine.cfg')
  })

  it('goes back to the proven config after a crash', async () => {
    await folder.read()
    await folder.write(FILES)
    await folder.begin(FILES)
    await folder.write({ ...FILES, '50-a.cfg': 'unproven', '50-c.cfg': 'unproven' })
    expect(await new ConfigFolder(directory).read()).toEqual(FILES)
    expect(await readdir(directory)).toEqual(['conf.d', 'maps'])
  })

  it('keeps a config once it is proven', async () => {
    await folder.read()
    await folder.begin(FILES)
    await folder.write({ '00-global.cfg': 'new' })
    await folder.commit()
    expect(await folder.read()).toEqual({ '00-global.cfg': 'new' })
  })

  it('adds maps before it removes others', async () => {
    await folder.read()
    await folder.writeMaps(new Map([['http-80.map', { a: 'b' }]]))
    await folder.writeMaps(new Map([['http-81.map', {}]]))
    expect(await readdir(join(directory, 'maps'))).toEqual(['http-80.map', 'http-81.map'])
    expect(await readFile(join(directory, 'maps', 'http-80.map'), 'utf8')).toBe('a b\n')
    await folder.removeMapsBut((map) => map === 'http-81.map')
    expect(await readdir(join(directory, 'maps'))).toEqual(['http-81.map'])
    expect(await readFile(join(directory, 'maps', 'http-81.map'), 'utf8')).toBe('')
  })
})
