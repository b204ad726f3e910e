import { describe, expect, it } from 'vitest'
import type { ServiceStatus } from '../../src/model/status.ts'
import { EventRecorder } from '../../src/controller/event-recorder.ts'
import type { Reason } from '../../src/model/reasons.ts'
import type { ServiceKey } from '../../src/model/service.ts'
import { EVENTS } from '../../src/store/events.ts'

const PREFIX = 'shoal/events/'
const HOUR = 3_600_000

function start(entries = new Map<string, string>()) {
  const writes: string[] = []
  const logged: string[] = []
  const store = { fails: false }
  const reach = () => {
    if (store.fails) throw new Error('no leader')
  }
  const kv = {
    read: async () => (reach(), new Map(entries)),
    put: async (key: string, value: string) => {
      reach()
      writes.push(`put ${key}`)
      entries.set(key, value)
    },
    delete: async (key: string) => {
      reach()
      writes.push(`delete ${key}`)
      entries.delete(key)
    },
  }
  const tell = (_: object, event: string) => logged.push(event)
  const recorder = new EventRecorder(kv, { info: tell, warn: tell, error: tell })
  const told = (service: ServiceKey) =>
    (EVENTS.decode(entries).entries.get(service) ?? []).map(({ reason, count }) => `${reason} ${count}`)
  return { recorder, entries, writes, logged, store, told }
}

const deleted = (key: ServiceKey) => ({ key, deleted: '2026-01-01T00:00:00Z' })

function ready(key: ServiceKey, reason: Reason): ReadonlyMap<ServiceKey, ServiceStatus> {
  const condition = { type: 'Ready', status: 'True', reason, message: '', since: '' } as const
  const source = { kind: 'label', service: 'x' } as const
  const counts = { total: 1, ready: 1, programmed: 1, proxies: 1, source }
  return new Map([[key, { key, conditions: [condition], ...counts }]])
}

describe('the recorder of events', () => {
  it('writes once for each service, whatever happened, and nothing where nothing did', async () => {
    const { recorder, writes, told } = start()
    expect(recorder.isDue(0)).toBe(false)
    recorder.notePolicy(deleted('a/a'))
    recorder.noteStatuses(new Map(), ready('a/a', 'Ready'))
    recorder.notePolicy(deleted('b/b'))
    recorder.noteStatuses(ready('b/b', 'Ready'), ready('b/b', 'Ready'))
    expect(recorder.isDue(0)).toBe(true)
    await recorder.write(0)
    expect(writes).toEqual([`put ${PREFIX}a/a`, `put ${PREFIX}b/b`])
    expect([told('a/a'), told('b/b')]).toEqual([['PolicyDeleted 1', 'Ready 1'], ['PolicyDeleted 1']])
    expect(recorder.isDue(0)).toBe(false)
  })

  it('writes at most once a second, and then all that happened meanwhile', async () => {
    const { recorder, writes, told } = start()
    recorder.notePolicy(deleted('a/a'))
    await recorder.write(0)
    recorder.notePolicy(deleted('a/a'))
    expect(await recorder.write(400)).toMatchObject({ kind: 'retry-after', ms: 600 })
    expect(writes).toHaveLength(1)
    await recorder.write(1000)
    expect([writes.length, told('a/a')]).toEqual([2, ['PolicyDeleted 2']])
  })

  it('loses what it can’t write, and says so', async () => {
    const { recorder, logged, store, told } = start()
    store.fails = true
    recorder.notePolicy(deleted('a/a'))
    expect(await recorder.write(0)).toEqual({ kind: 'done' })
    expect(logged).toEqual(['events lost'])
    expect(recorder.isDue(1000)).toBe(false)
    store.fails = false
    recorder.noteStatuses(new Map(), ready('a/a', 'Ready'))
    await recorder.write(2000)
    expect(told('a/a').at(-1)).toBe('Ready 1')
  })

  it('goes on with what an earlier controller left, as far as it can be read', async () => {
    const first = start()
    first.recorder.notePolicy(deleted('a/a'))
    await first.recorder.write(0)
    first.entries.set(`${PREFIX}b/b`, '[7, {"service": "b/b"}]').set(`${PREFIX}c/c`, 'nonsense')
    const second = start(first.entries)
    const keys = ['a/a', 'b/b', 'c/c'] as const
    for (const key of keys) second.recorder.notePolicy(deleted(key))
    await second.recorder.write(0)
    expect(keys.map(second.told)).toEqual([['PolicyDeleted 2'], ['PolicyDeleted 1'], ['PolicyDeleted 1']])
  })

  it('clears away what is older than an hour', async () => {
    const { recorder, entries, writes } = start()
    recorder.notePolicy(deleted('a/a'))
    await recorder.write(0)
    expect(recorder.isDue(HOUR - 1)).toBe(false)
    expect(recorder.isDue(HOUR)).toBe(true)
    await recorder.write(HOUR)
    expect([entries.size, writes.at(-1)]).toEqual([0, `delete ${PREFIX}a/a`])
    expect(recorder.isDue(HOUR)).toBe(false)
  })

  it('logs conditions that change', () => {
    const { recorder, logged } = start()
    recorder.noteStatuses(ready('a/a', 'Ready'), ready('a/a', 'Degraded'))
    recorder.noteStatuses(ready('a/a', 'Degraded'), ready('a/a', 'Degraded'))
    expect(logged).toEqual(['condition'])
  })
})
