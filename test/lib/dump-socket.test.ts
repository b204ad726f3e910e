import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { dumpSocket, readDump, serveDump } from '../../src/lib/dump-socket.ts'

async function socketPath(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-dump-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return dumpSocket(folder)
}

describe('the socket of a program’s dump', () => {
  it('gives each who asks what there is then', async () => {
    const path = await socketPath()
    let count = 0
    onTestFinished(await serveDump(path, () => ({ count: ++count })))
    expect(await readDump(path)).toEqual({ count: 1 })
    expect(await readDump(path)).toEqual({ count: 2 })
  })

  it('gives a dump that is larger than what one write takes', async () => {
    const path = await socketPath()
    const dump = { text: 'x'.repeat(5_000_000) }
    onTestFinished(await serveDump(path, () => dump))
    expect(await readDump(path)).toEqual(dump)
  })

  it('is for the program’s own user alone', async () => {
    const path = await socketPath()
    onTestFinished(await serveDump(path, () => null))
    expect((await stat(path)).mode & 0o777).toBe(0o600)
  })

  it('takes the place of one that a killed program left', async () => {
    const path = await socketPath()
    await writeFile(path, '')
    onTestFinished(await serveDump(path, () => 'here'))
    expect(await readDump(path)).toBe('here')
  })

  it('survives a reader that leaves at once', async () => {
    const path = await socketPath()
    onTestFinished(await serveDump(path, () => 'x'.repeat(5_000_000)))
    const rude = createConnection(path)
    await new Promise((resolve) => {
      rude.once('connect', resolve)
    })
    rude.destroy()
    expect(await readDump(path)).toHaveLength(5_000_000)
  })

  it('is not there when nobody serves it', async () => {
    const path = await socketPath()
    await expect(readDump(path)).rejects.toThrow('ENOENT')
    await expect(serveDump(join(path, 'no', 'such'), () => null)).rejects.toThrow('listen')
  })
})
