import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT, textOf } from './markdown.ts'

describe('the README of a folder', () => {
  it('every folder of src says in a README of at most 8 lines what belongs there', () => {
    const folders = readdirSync(join(ROOT, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length))
    expect(folders.length).toBeGreaterThan(20)
    expect(folders.filter((folder) => !isShort(join(folder, 'README.md')))).toEqual([])
  })

  it('every folder of test, the scripts and the images say so likewise', () => {
    const tests = readdirSync(join(ROOT, 'test'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => join('test', entry.name))
    const folders = ['test', ...tests, 'swarm/dev', 'swarm/images']
    expect(folders.filter((folder) => !isShort(join(folder, 'README.md')))).toEqual([])
  })
})

function isShort(page: string): boolean {
  return existsSync(join(ROOT, page)) && textOf(page).trimEnd().split('\n').length <= 8
}
