import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { docker } from '../../swarm/dev/docker.ts'

const OUTRUN = 'Error response from daemon: rpc error: code = Unknown desc = update out of sequence'
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-docker-'))
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env['PATH']}`)
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

/** A docker CLI that fails with `complaint` as many times, then answers with what it was called with. */
async function failing(times: number, complaint: string): Promise<void> {
  const script = `#!/bin/sh
echo "$*" >>'${folder}/calls'
[ "$(wc -l <'${folder}/calls')" -gt ${times} ] || { echo '${complaint}' >&2; exit 1; }
echo "$*: $(cat)"
`
  await writeFile(join(folder, 'docker'), script, { mode: 0o755 })
}

async function calls(): Promise<string[]> {
  return (await readFile(join(folder, 'calls'), 'utf8')).trim().split('\n')
}

describe('a change that Swarm itself was faster than', () => {
  it('is tried again, with the same input', async () => {
    await failing(3, OUTRUN)
    expect(await docker(['service', 'update', 'www'], { input: 'text' })).toBe('service update www: text\n')
    expect(await calls()).toHaveLength(4)
  })

  it('fails in the end', async () => {
    await failing(1000, OUTRUN)
    await expect(docker(['service', 'update', 'www'])).rejects.toThrow(`docker service update www: ${OUTRUN}`)
    expect(await calls()).toHaveLength(11)
  })
})

describe('a command that fails otherwise', () => {
  it('is given once', async () => {
    await failing(1, 'Error response from daemon: no such service: www')
    await expect(docker(['service', 'update', 'www'])).rejects.toThrow('no such service: www')
    expect(await calls()).toEqual(['service update www'])
  })
})
