import { EventEmitter } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { NEVER, of } from 'rxjs'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { main } from '../../src/bin/controller.ts'
import type { ControllerAdapters } from '../../src/bin/controller-ports.ts'
import { dumpSocket, readDump } from '../../src/lib/dump-socket.ts'
import { readControllerSettings } from '../../src/settings.ts'
import { swarmOf } from '../controller/rig.ts'

/** A process that is ended by signals, and takes down with what it exits. */
class FakeProcess extends EventEmitter {
  readonly exits: number[] = []

  exit(code: number): void {
    this.exits.push(code)
  }
}

/** The program beside a leader, with a Consul whose writes end once `answer` is called. */
async function start() {
  const folder = await mkdtemp(join(tmpdir(), 'shoal-controller-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const swarm = swarmOf(1, 2)
  const asked: string[] = []
  const written = Promise.withResolvers<void>()
  const kv = new Map<string, string>()
  const agent: ReturnType<ControllerAdapters['consul']['agent']> = {
    registered: () => Promise.resolve([]),
    register: () => Promise.resolve(),
    setMaintenance: () => Promise.resolve(),
    deregister: () => Promise.resolve(),
  }
  const adapters: ControllerAdapters = {
    docker: {
      observe: () => Promise.resolve(swarm),
      observeNodes: () => Promise.resolve(swarm),
      observeWorkloads: (previous) => Promise.resolve(previous),
      events: of({ type: 'resync' }),
    },
    consul: {
      agent: (address) => (asked.push(address), agent),
      kv: {
        read: (prefix) => Promise.resolve(new Map([...kv].filter(([key]) => key.startsWith(prefix)))),
        put: async (key, value) => {
          await written.promise
          kv.set(key, value)
        },
        delete: () => Promise.resolve(),
      },
      followFailingChecks: () => of(new Map()),
      followKeys: (prefix) => (asked.push(prefix), of(new Map())),
      silent: NEVER,
    },
  }
  const process = new FakeProcess()
  const log = { info: vi.fn<() => void>(), warn: vi.fn<() => void>(), error: vi.fn<() => void>() }
  await main(readControllerSettings({}), { adapters, log, process, folder })
  return { folder, asked, kv, process, log, answer: written.resolve }
}

describe('the controller’s program', () => {
  it('runs the controller on what Docker and Consul say, beats, and shows what it knows', async () => {
    const { folder, asked, process, answer } = await start()
    const lead = { policies: { 'hello/www': expect.any(String) }, observed: { workloads: 2 } }
    await vi.waitFor(async () =>
      expect(await readDump(dumpSocket(folder))).toMatchObject({ role: 'leading', lead }),
    )
    expect(asked).toContain('shoal/status/programmed/')
    expect(asked).toContain('10.1.0.0')
    await vi.waitFor(() => expect(existsSync(join(folder, 'shoal.heartbeat'))).toBe(true))
    answer()
    process.emit('SIGTERM', 'SIGTERM')
    await vi.waitFor(() => expect(process.exits).toEqual([0]))
  })

  it('ends on SIGTERM once the writes under way have ended, and is asked for no dump any more', async () => {
    const { folder, kv, process, log, answer } = await start()
    const working = { work: { working: expect.arrayContaining(['policies', 'statuses']) } }
    await vi.waitFor(async () => expect(await readDump(dumpSocket(folder))).toMatchObject(working))
    process.emit('SIGTERM', 'SIGTERM')
    await expect(readDump(dumpSocket(folder))).rejects.toThrow('ENOENT')
    expect([process.exits, kv.size]).toEqual([[], 0])
    answer()
    await vi.waitFor(() => expect(process.exits).toEqual([0]))
    expect(kv.keys().toArray()).toEqual(
      expect.arrayContaining(['shoal/services/hello/www', 'shoal/status/services/hello/www']),
    )
    expect(log.info).toHaveBeenCalledWith({ signal: 'SIGTERM', inTime: true }, 'stopped')
  })
})
