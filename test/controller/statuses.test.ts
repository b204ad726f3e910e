import { describe, expect, it } from 'vitest'
import type { ServiceStatus } from '../../src/model/status.ts'
import { accept } from '../../src/controller/state.ts'
import { statuses, writeStatuses } from '../../src/controller/statuses.ts'
import { config, deployment, node, workload, snapshot, specText, instance } from './plan/world.ts'
import type { ServiceKey } from '../../src/model/service.ts'

const PREFIX = 'shoal/status/services/'

function status(key: ServiceKey, ready: number): ServiceStatus {
  const source = { kind: 'label', service: 'demo_a' } as const
  return { key, conditions: [], total: 1, ready, programmed: 0, proxies: 0, source }
}

const wanted = (...all: readonly ServiceStatus[]) => new Map(all.map((each) => [each.key, each]))

/** A store with these statuses; `done` says what is written to it. */
function store(...all: readonly ServiceStatus[]) {
  const entries = new Map(all.map((each) => [PREFIX + each.key, JSON.stringify(each)]))
  const done: string[] = []
  const kv = {
    read: () => Promise.resolve(entries),
    put: async (key: string, value: string) => {
      done.push(`put ${key}`)
      entries.set(key, value)
    },
    delete: async (key: string) => {
      done.push(`delete ${key}`)
      entries.delete(key)
    },
  }
  return { kv, entries, done }
}

describe('statuses', () => {
  it('are written when they differ from what was written last, and removed with their service', async () => {
    const { kv, done } = store()
    const written = new Map<ServiceKey, ServiceStatus>()
    await writeStatuses(kv, written, wanted(status('demo/a', 0), status('demo/b', 0)), null)
    await writeStatuses(kv, written, wanted(status('demo/a', 1), status('demo/b', 0)), null)
    await writeStatuses(kv, written, wanted(status('demo/b', 0)), null)
    expect(done).toEqual([
      `put ${PREFIX}demo/a`,
      `put ${PREFIX}demo/b`,
      `put ${PREFIX}demo/a`,
      `delete ${PREFIX}demo/a`,
    ])
  })

  it('are written again where the store has lost or altered them', async () => {
    const { kv, done, entries } = store()
    const written = new Map<ServiceKey, ServiceStatus>()
    const all = wanted(status('demo/a', 0), status('demo/b', 0), status('demo/c', 0))
    await writeStatuses(kv, written, all, null)
    entries.delete(`${PREFIX}demo/a`)
    entries.set(`${PREFIX}demo/b`, '{}')
    done.length = 0
    await writeStatuses(kv, written, all, entries)
    expect(done).toEqual([`put ${PREFIX}demo/a`, `put ${PREFIX}demo/b`])
  })

  it('of services that nobody knows any more are removed when the store is looked at', async () => {
    const { kv, done, entries } = store(status('demo/old', 1))
    await writeStatuses(kv, new Map(), wanted(), null)
    expect(done).toEqual([])
    await writeStatuses(kv, new Map(), wanted(), entries)
    expect(done).toEqual([`delete ${PREFIX}demo/old`])
  })
})

describe('the status of a service', () => {
  it('says which proxy refused it, and why, until that proxy is gone', () => {
    const spec = specText('www', { selector: { service: 'hello_www' } }, { namespace: 'hello' })
    const nodes = [node('n1'), node('n2')]
    const swarm = snapshot({
      workloads: [workload('hello_www'), workload(deployment.haproxy)],
      instances: nodes.map(({ id }) =>
        instance(`proxy${id}`, deployment.haproxy, { nodeId: id, slot: null }),
      ),
      nodes,
      specs: [config('www', spec)],
    })
    const seen = { registered: new Map(), failing: new Map(), heldFor: 0, now: 0, isComplete: true }
    const settings = { deployment, domain: 'example.test', ownHosts: [] }
    const acceptance = accept(null, { ...seen, snapshot: swarm, known: new Map() }, settings)
    if (acceptance.kind !== 'accepted') throw new Error(acceptance.message)
    const { state } = acceptance
    const revision = state.plan.policies.get('hello/www')?.revision
    const revisions = new Map<ServiceKey, string>([['hello/www', revision ?? '']])
    const report = { node: nodes[1]?.hostname ?? '', revisions }
    const programmed = (refused: string | null, now = state) => {
      const errors = new Map<ServiceKey, string>(refused === null ? [] : [['hello/www', refused]])
      const reports = [{ ...report, errors }]
      const found = statuses(now, { ...seen, reports, previous: new Map() }, settings)
      return found.get('hello/www')?.conditions.find(({ type }) => type === 'Programmed')
    }
    expect(programmed('50-hello_www.cfg: unknown keyword')).toMatchObject({
      status: 'False',
      reason: 'Refused',
      message: `${nodes[1]?.hostname}: 50-hello_www.cfg: unknown keyword`,
    })
    expect(programmed(null)).toMatchObject({ reason: 'Programming', message: '1 of 2 proxies' })
    const left = { ...state, snapshot: { ...swarm, nodes: nodes.slice(0, 1) } }
    expect(programmed('x', left)).toMatchObject({ reason: 'Programming' })
  })
})
