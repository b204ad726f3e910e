import { describe, expect, it } from 'vitest'
import type { Policy } from '../../../src/model/policy.ts'
import type { SpecText, Workload } from '../../../src/model/cluster.ts'
import { declare } from '../../../src/controller/plan/declare.ts'
import type { Declaration } from '../../../src/controller/plan/declaration.ts'
import {
  badText,
  config,
  deployment,
  description,
  inForce,
  label,
  labelled,
  planOf,
  workload,
  snapshot,
  specText,
} from './world.ts'

interface Sources {
  readonly workloads?: readonly Workload[]
  readonly specs?: readonly SpecText[]
}

function declared(sources: Sources, known: readonly Policy[] = []): Declaration[] {
  return declare(snapshot(sources), new Map(known.map((policy) => [policy.key, policy])), deployment.mesh)
}

function only(sources: Sources, known: readonly Policy[] = []): Declaration {
  const [first, ...others] = declared(sources, known)
  if (first === undefined || others.length > 0) throw new Error(`${others.length + 1} declarations`)
  return first
}

/** A version of `hello/www`, told apart by its drain time. */
function version(number: number, changes: Partial<SpecText> = {}): SpecText {
  const text = specText('www', { selector: { service: 'hello_www' }, drain: `${number}s` }, HELLO)
  return config(`www-${number}`, text, { createdAt: `2026-01-0${number}T00:00:00Z`, ...changes })
}

function badVersion(number: number, text = badText('www', HELLO)): SpecText {
  return version(number, { text })
}

function policyOf(...specs: readonly SpecText[]): Policy[] {
  return [...planOf({ specs }).policies.values()]
}

const HELLO = { namespace: 'hello' }
const BAD_LABEL = label(badText('www'))

describe('a spec in a label', () => {
  it('declares its service by stack and name, with the service as selector and age', () => {
    expect(only({ workloads: [labelled('hello_www')] })).toMatchObject({
      key: 'hello/www',
      spec: { name: 'www', namespace: 'hello', selector: { service: 'hello_www' } },
      source: { kind: 'label', service: 'hello_www' },
      createdAt: '2026-01-01T00:00:00Z',
      problems: [],
    })
  })

  it('is not looked for in services without the label', () => {
    expect(declared({ workloads: [workload('hello_www')] })).toEqual([])
  })

  it('that is bad and never was good is told of under the service’s own name', () => {
    const bad = only({ workloads: [workload('hello_www', { labels: BAD_LABEL })] })
    expect(bad).toMatchObject({ key: 'hello/www', spec: null, problems: [{ reason: 'InvalidSpec' }] })
    expect(bad.problems[0]?.message).toMatch(/^label shoal\.spec of service hello_www:\d+:\d+: .*hosts/)
  })

  it('that is bad leaves what is in force', () => {
    const bad = workload('hello_www', { labels: BAD_LABEL })
    expect(only({ workloads: [bad] }, inForce(labelled('hello_www', { drain: '7s' })))).toMatchObject({
      spec: { drain: 7000 },
      problems: [{ reason: 'InvalidSpec' }],
    })
  })

  it('that is bad leaves the one before the update, should nothing be known to be in force', () => {
    const before = label(specText('www', { drain: '7s' }))
    const bad = workload('hello_www', { labels: BAD_LABEL, previous: description({ labels: before }) })
    expect(only({ workloads: [bad] })).toMatchObject({
      spec: { drain: 7000 },
      problems: [{ reason: 'InvalidSpec' }],
    })
  })

  it('that is bad leaves what is in force rather than the one before the update', () => {
    const before = label(specText('www', { drain: '6s' }))
    const bad = workload('hello_www', { labels: BAD_LABEL, previous: description({ labels: before }) })
    const known = inForce(labelled('hello_www', { drain: '7s' }))
    expect(only({ workloads: [bad] }, known).spec).toMatchObject({ drain: 7000 })
  })

  it('that is bad keeps the name it had, not the one its service suggests', () => {
    const known = inForce(workload('hello_www', { labels: label(specText('site')) }))
    const unreadable = workload('hello_www', { labels: label('metadata: [') })
    expect(only({ workloads: [unreadable] }, known)).toMatchObject({
      key: 'hello/site',
      spec: { name: 'site' },
    })
  })
})

describe('a spec in a config', () => {
  it('declares its service, in the stack’s namespace if it names none', () => {
    const text = specText('www', { selector: { service: 'hello_www' } })
    expect(only({ specs: [config('www-1', text, { group: 'shop' })] })).toMatchObject({
      key: 'shop/www',
      source: { kind: 'config', name: 'www-1' },
    })
    expect(only({ specs: [config('www-1', text)] }).key).toBe('default/www')
  })

  it('is as old as the label says that `shoal apply` carries over', () => {
    const labels = { 'shoal.dev/created-at': '2025-05-05T00:00:00Z' }
    expect(only({ specs: [version(3, { labels })] }).createdAt).toBe('2025-05-05T00:00:00Z')
  })

  it('counts in its newest version, and is as old as its oldest', () => {
    const specs = [version(2), version(3), version(1)]
    expect(only({ specs })).toMatchObject({
      spec: { drain: 3000 },
      source: { kind: 'config', name: 'www-3' },
      specSource: { kind: 'config', name: 'www-3' },
      createdAt: '2026-01-01T00:00:00Z',
    })
  })

  it('stays as old as it was when its older versions are removed', () => {
    expect(only({ specs: [version(2)] }, policyOf(version(1))).createdAt).toBe('2026-01-01T00:00:00Z')
  })

  it('has versions ordered by time, not by how Docker writes it', () => {
    const specs = [
      version(1, { createdAt: '2026-01-01T00:00:00.12Z' }),
      version(2, { createdAt: '2026-01-01T00:00:00.123Z' }),
    ]
    expect(only({ specs }).spec).toMatchObject({ drain: 2000 })
  })

  it('that is bad leaves the newest good version', () => {
    expect(only({ specs: [version(1), version(2), badVersion(3)] })).toMatchObject({
      spec: { drain: 2000 },
      source: { kind: 'config', name: 'www-3' },
      specSource: { kind: 'config', name: 'www-2' },
      problems: [{ reason: 'InvalidSpec' }],
    })
  })

  it('that is bad leaves what is in force when no good version is listed any more', () => {
    expect(only({ specs: [badVersion(3)] }, policyOf(version(2)))).toMatchObject({
      spec: { drain: 2000 },
      specSource: { kind: 'config', name: 'www-2' },
      createdAt: '2026-01-02T00:00:00Z',
    })
  })

  it('that is bad does not bring back a version which another one had replaced', () => {
    const known = policyOf(version(1), version(2))
    expect(only({ specs: [version(1), badVersion(3)] }, known).spec).toMatchObject({ drain: 2000 })
  })

  it('that is bad gives way to a good version which came at the same time', () => {
    const known = policyOf(version(1))
    expect(only({ specs: [version(1), version(2), badVersion(3)] }, known).spec).toMatchObject({
      drain: 2000,
    })
  })

  it('that can’t be read at all is told of under the config’s name, or what came of it before', () => {
    const unreadable = badVersion(1, 'metadata: [')
    expect(only({ specs: [unreadable] })).toMatchObject({ key: 'default/www-1', spec: null })
    expect(only({ specs: [unreadable] }, policyOf(version(1)))).toMatchObject({
      key: 'hello/www',
      spec: { drain: 1000 },
    })
  })
})

describe('two specs for one service', () => {
  const LABEL = labelled('hello_www', { drain: '9s' })

  it('a config wins over a label', () => {
    expect(only({ workloads: [LABEL], specs: [version(1)] })).toMatchObject({
      spec: { drain: 1000 },
      source: { kind: 'config', name: 'www-1' },
      problems: [],
    })
  })

  it('a config that was never good leaves the label in force, and is told of', () => {
    const bad = only({ workloads: [LABEL], specs: [badVersion(1)] }, inForce(LABEL))
    expect(bad).toMatchObject({
      spec: { drain: 9000 },
      source: { kind: 'config', name: 'www-1' },
      specSource: { kind: 'label', service: 'hello_www' },
      problems: [{ reason: 'InvalidSpec' }],
    })
    const newer = labelled('hello_www', { drain: '8s' })
    expect(only({ workloads: [newer], specs: [badVersion(1)] }, inForce(LABEL)).spec).toMatchObject({
      drain: 8000,
    })
  })

  it('a config that was never good leaves in force what a label that is gone declared', () => {
    const moved = { workloads: [workload('hello_www')], specs: [badVersion(1)] }
    expect(only(moved, inForce(LABEL)).spec).toMatchObject({ drain: 9000 })
  })

  it('the older of two labels keeps the name, the newer is told', () => {
    const older = workload('hello_a', { labels: label(specText('www', { drain: '3s' })) })
    const newer = workload('hello_b', {
      labels: label(specText('www', { drain: '4s' })),
      createdAt: '2026-01-02T00:00:00Z',
    })
    for (const workloads of [
      [older, newer],
      [newer, older],
    ]) {
      expect(declared({ workloads })).toMatchObject([
        { key: 'hello/www', spec: { drain: 3000 }, problems: [] },
        {
          key: 'hello/www@hello_b',
          spec: null,
          problems: [{ reason: 'NameConflict', message: expect.stringContaining('service hello_a') }],
        },
      ])
    }
  })

  it('a bad label does not take the name that its service suggests from a good one', () => {
    const bad = workload('hello_www', { labels: BAD_LABEL })
    const good = workload('hello_b', {
      labels: label(specText('www', { drain: '4s' })),
      createdAt: '2026-01-02T00:00:00Z',
    })
    expect(declared({ workloads: [bad, good] })).toMatchObject([
      { key: 'hello/www@hello_www', spec: null, problems: [{ reason: 'InvalidSpec' }] },
      { key: 'hello/www', spec: { drain: 4000 }, problems: [] },
    ])
  })
})
