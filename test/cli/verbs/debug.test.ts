import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { dump } from '../../../src/cli/verbs/debug.ts'
import { dumpSocket, serveDump } from '../../../src/lib/dump-socket.ts'

describe('shoal debug dump', () => {
  it('prints what the program in its container shows, as JSON', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'shoal-debug-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    onTestFinished(await serveDump(dumpSocket(folder), () => ({ role: 'standing by', lead: null })))
    const print = vi.spyOn(console, 'log').mockReturnValue()
    onTestFinished(() => print.mockRestore())
    await dump(dumpSocket(folder))
    expect(print.mock.calls).toEqual([['{\n  "role": "standing by",\n  "lead": null\n}']])
  })

  it('says so where no program answers', async () => {
    await expect(dump('/nowhere/shoal.dump.sock')).rejects.toThrow(
      "no program of Shoal's shows what it knows here: connect ENOENT /nowhere/shoal.dump.sock",
    )
  })
})
