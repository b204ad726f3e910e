import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readSpecFiles } from '../../../src/cli/spec-files/read.ts'

function specText(name: string): string {
  return `apiVersion: shoal.dev/v1
kind: Service
metadata: {name: ${name}}
spec:
  selector: {service: hello_www}
  ports: [{port: 80, targetPort: 8080}]
`
}

describe('readSpecFiles', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'shoal-'))
  })
  afterAll(() => rm(folder, { recursive: true }))

  async function file(name: string, text: string): Promise<string> {
    const path = join(folder, name)
    await writeFile(path, text)
    return path
  }

  it('gives every document of every file', async () => {
    const two = await file('two.yml', `${specText('www')}---\n${specText('api')}`)
    const one = await file('one.yml', specText('db'))
    const documents = await readSpecFiles([two, one])
    expect(documents.map(({ spec, file: source }) => [spec.name, source])).toEqual([
      ['www', two],
      ['api', two],
      ['db', one],
    ])
  })

  it('reports the errors of all files together, each with its place', async () => {
    const bad = await file('bad.yml', specText('www').replace('targetPort', 'targetPrt'))
    const worse = await file('worse.yml', 'apiVersion: shoal.dev/v1\nkind: Service\n')
    await expect(readSpecFiles([bad, worse])).rejects.toThrow(
      /bad\.yml:6:22: .*targetPrt.*\n.*worse\.yml:1:1: /,
    )
  })

  it('says which file it cannot read', async () => {
    await expect(readSpecFiles([join(folder, 'missing.yml')])).rejects.toThrow(/missing\.yml: can't be read/)
  })
})
