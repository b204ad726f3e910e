import { describe, expect, it } from 'vitest'
import { foreseeChanges, foreseenLines, isRefused } from '../../../src/cli/spec-files/dry-run.ts'
import { readCliSettings } from '../../../src/settings.ts'
import type { Environment } from '../../../src/settings.ts'
import type { ClusterSnapshot } from '../../../src/model/cluster.ts'
import { parseSpec } from '../../../src/spec/parse.ts'
import {
  config,
  HTTP,
  inForce,
  labelled,
  workload,
  snapshot,
  specText,
  instance,
} from '../../controller/plan/world.ts'

const NOW = new Date('2026-02-01T00:00:00Z')
const SERVED = { workloads: [workload('shop_web')], instances: [instance('t', 'shop_web')] }

function document(name: string, spec: object = {}) {
  const text = specText(name, { selector: { service: 'shop_web' }, ...spec })
  const parsed = parseSpec(text, { source: 'file.yml', stack: null, service: null })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.errors))
  return { spec: parsed.spec, text, file: 'file.yml' }
}

function foreseen(
  documents: readonly ReturnType<typeof document>[],
  observed: Partial<ClusterSnapshot> = SERVED,
  known = inForce(),
  env: Environment = {},
) {
  const { settings } = readCliSettings({ SHOAL_DOMAIN: 'example.test', ...env })
  return foreseeChanges(
    { snapshot: snapshot(observed), known: new Map(known.map((policy) => [policy.key, policy])) },
    documents,
    settings,
    NOW,
  )
}

/** `<key> <action> <reasons>` */
function summary(...args: Parameters<typeof foreseen>): string[] {
  return foreseen(...args).map(({ key, action, conditions }) =>
    [key, action, ...conditions.map(({ reason }) => reason)].join(' '),
  )
}

function applied(name: string, text: string, labels: object = {}) {
  return config(`shoal.${name}`, text, { labels: { 'shoal.dev/service': `default/${name}`, ...labels } })
}

describe('shoal apply --dry-run=server', () => {
  it('says what would be created, configured and left, and that it would be accepted', () => {
    const web = document('web')
    expect(summary([web])).toEqual(['default/web created Accepted TasksFound'])
    const configs = [applied('web', web.text)]
    expect(summary([web], { ...SERVED, specs: configs })).toEqual([
      'default/web unchanged Accepted TasksFound',
    ])
    expect(summary([document('web', { hosts: ['a.b'] })], { ...SERVED, specs: configs })).toEqual([
      'default/web configured Accepted TasksFound',
    ])
  })

  it.each([
    ['HostConflict', { hosts: ['www.hello'] }, { hosts: ['www.hello'] }],
    ['PortConflict', { ports: [{ ...HTTP, port: 81 }] }, { ports: [{ ...HTTP, port: 81, protocol: 'tcp' }] }],
  ])('foresees a %s with an older service', (reason, older, newer) => {
    const services = [...SERVED.workloads, labelled('old_www', older)]
    const [result] = foreseen([document('web', newer)], { ...SERVED, workloads: services })
    expect(result?.conditions[0]).toMatchObject({ type: 'Accepted', status: 'False', reason })
    expect(result !== undefined && isRefused(result)).toBe(true)
  })

  it('foresees a name that Consul or another service has', () => {
    const services = [...SERVED.workloads, labelled('team_web')]
    const [result] = foreseen([document('web-team')], { ...SERVED, workloads: services })
    expect(result?.conditions[0]).toMatchObject({ reason: 'NameConflict' })
  })

  it('foresees that a dashboard’s host is refused while the dashboards are on', () => {
    const asks = [document('web', { hosts: ['consul-admin.infra.example.test'] })]
    const judged = (env: Environment) => foreseen(asks, SERVED, inForce(), env)[0]?.conditions[0]
    expect(judged({ SHOAL_DASHBOARDS: 'on' })).toMatchObject({ status: 'False', reason: 'HostConflict' })
    expect(judged({ SHOAL_DASHBOARDS: 'off' })).toMatchObject({ status: 'True', reason: 'Accepted' })
  })

  it('foresees two files that want the same host', () => {
    const both = [document('one', { hosts: ['a.b'] }), document('two', { hosts: ['a.b'] })]
    expect(foreseen(both).map(isRefused)).toEqual([false, true])
  })

  it('tells of a selector that matches nothing, or a service off the mesh, without refusing it', () => {
    const lost = foreseen([document('web', { selector: { service: 'shop_wbe' } })])
    expect(lost[0]?.conditions[1]).toMatchObject({ reason: 'NoSuchService' })
    const off = foreseen([document('web')], {
      ...SERVED,
      instances: [instance('t', 'shop_web', { addresses: { other: '10.1.0.1' } })],
    })
    expect(off[0]?.conditions[1]).toMatchObject({ reason: 'NotOnMesh' })
    expect([...lost, ...off].map(isRefused)).toEqual([false, false])
  })

  it('tells of others that would lose something: an older service that asks for more', () => {
    const old = { 'shoal.dev/created-at': '2025-01-01T00:00:00Z' }
    const configs = [applied('web', document('web').text, old)]
    const services = [...SERVED.workloads, labelled('old_www', { hosts: ['a.b'] })]
    const result = foreseen([document('web', { hosts: ['a.b'] })], {
      ...SERVED,
      workloads: services,
      specs: configs,
    })
    expect(result.map(({ key, action }) => [key, action])).toEqual([
      ['default/web', 'configured'],
      ['old/www', 'affected'],
    ])
    expect(result.map(isRefused)).toEqual([false, true])
    expect(result.slice(1).flatMap(foreseenLines)).toEqual([
      'service old/www would be judged otherwise',
      '  Accepted=False HostConflict: host a.b is held by default/web, which is older',
      expect.stringContaining('Resolved='),
    ])
  })

  it('says whose place the file takes', () => {
    const services = [...SERVED.workloads, labelled('default_web')]
    const [result] = foreseen([document('web')], { ...SERVED, workloads: services })
    expect(result?.replaces).toEqual({ kind: 'label', service: 'default_web' })
  })

  it('counts what is in force though its newest version is bad', () => {
    const known = inForce(labelled('old_www', { hosts: ['a.b'] }))
    const bad = labelled('old_www', { hots: [] })
    const services = [...SERVED.workloads, bad]
    const [result] = foreseen(
      [document('web', { hosts: ['a.b'] })],
      { ...SERVED, workloads: services },
      known,
    )
    expect(result?.conditions[0]).toMatchObject({ reason: 'HostConflict' })
  })
})
