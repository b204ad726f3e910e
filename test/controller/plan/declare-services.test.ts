import { describe, expect, it } from 'vitest'
import type { Workload, ClusterSnapshot } from '../../../src/model/cluster.ts'
import { declaredByServices } from '../../../src/controller/plan/declare-services.ts'
import type { Policy } from '../../../src/model/policy.ts'
import {
  deployment,
  description,
  inForceOf,
  label,
  planOf,
  workload,
  snapshot,
  specText,
  instance,
} from './world.ts'
import { sourceText } from '../../../src/model/source.ts'

type Values = Readonly<Record<string, string>>

/** A service with these variables in its environment, and a task of it on the mesh. */
function onMesh(name: string, env: Values, changes: Partial<Workload> = {}): Partial<ClusterSnapshot> {
  return { workloads: [workload(name, { env, ...changes })], instances: [instance(`t-${name}`, name)] }
}

function declared(observed: Partial<ClusterSnapshot>, known: readonly Policy[] = []) {
  const inForce = new Map(known.map((policy) => [policy.key, policy]))
  return declaredByServices(snapshot(observed), inForce, deployment.mesh)
}

const GOOD = { SERVICE_NAME: 'api', SERVICE_CHECK_INTERVAL: '7s' }
const BAD = { ...GOOD, SERVICE_CHECK_INTERVAL: 'abc' }

describe('SERVICE_ variables', () => {
  it('declare a service for each port', () => {
    const env = { SERVICE_80_NAME: 'www', SERVICE_8080_NAME: 'admin' }
    expect(declared(onMesh('shop_web', env))).toMatchObject([
      { key: 'shop/admin', source: { kind: 'variables', service: 'shop_web', port: 8080 }, problems: [] },
      { key: 'shop/www', spec: { selector: { service: 'shop_web' } }, createdAt: '2026-01-01T00:00:00Z' },
    ])
  })

  it('count for nothing beside the label shoal.spec, be it good or bad', () => {
    const labelled = (text: string) => declared(onMesh('shop_web', GOOD, { labels: label(text) }))
    expect(labelled(specText('www')).map(({ key }) => key)).toEqual(['shop/www'])
    expect(labelled('{').map(({ key, spec }) => [key, spec])).toEqual([['shop/web', null]])
  })

  it('that are bad are told of, and leave what is in force', () => {
    const bad = onMesh('shop_api', BAD)
    const known = inForceOf(onMesh('shop_api', GOOD))
    const problems = [
      {
        reason: 'InvalidSpec',
        message: expect.stringMatching(
          /^env SERVICE_CHECK_INTERVAL of service shop_api: found "abc"; expected/,
        ),
      },
    ]
    expect(declared(bad, known)).toMatchObject([
      { key: 'shop/api', spec: { health: { interval: 7000 } }, problems },
    ])
    expect(declared(bad)).toMatchObject([{ key: 'shop/api', spec: null, problems }])
  })

  it('that are bad leave those from before the update, should nothing be known to be in force', () => {
    const previous = description({ env: GOOD })
    expect(declared(onMesh('shop_api', BAD, { previous }))).toMatchObject([
      { spec: { health: { interval: 7000 } }, problems: [{ reason: 'InvalidSpec' }] },
    ])
    const neither = onMesh('shop_api', BAD, { previous: description({ env: BAD }) })
    expect(declared(neither)).toMatchObject([{ spec: null }])
  })

  it('that no longer give a name keep the one they had', () => {
    const renamed = onMesh('shop_api', { SERVICE_NAME: 'Not_A_Label' })
    expect(declared(renamed, inForceOf(onMesh('shop_api', { SERVICE_NAME: 'site' })))).toMatchObject([
      { key: 'shop/site', spec: { name: 'site' } },
    ])
  })
})

describe('SERVICE_ variables of a service that is not on the mesh', () => {
  const elsewhere = {
    ...onMesh('shop_api', GOOD),
    instances: [instance('t', 'shop_api', { addresses: { other: '10.1.0.1' } })],
  }

  it('claim nothing, and are told what is missing', () => {
    expect(declared(elsewhere)).toMatchObject([
      {
        key: 'shop/api',
        spec: null,
        problems: [
          {
            reason: 'NotOnMesh',
            message:
              'service shop_api has SERVICE_ variables, but is not on network shoal_mesh: attach it, or set SERVICE_IGNORE=true',
          },
        ],
      },
    ])
    expect(planOf(elsewhere).policies.size).toBe(0)
  })

  it('keep what was in force while its last tasks stop', () => {
    const { policies, declarations } = planOf(elsewhere, inForceOf(onMesh('shop_api', GOOD)))
    expect(policies.get('shop/api')?.spec.name).toBe('api')
    expect(declarations).toMatchObject([{ problems: [{ reason: 'NotOnMesh' }] }])
  })

  it('are not read while no task has an address, unless they are in force', () => {
    const scaled = { ...elsewhere, instances: [] }
    expect(declared(scaled)).toEqual([])
    expect(declared(scaled, inForceOf(onMesh('shop_api', GOOD)))).toMatchObject([
      { key: 'shop/api', problems: [] },
    ])
  })

  it('are read where one of its tasks is on it', () => {
    const both = [...elsewhere.instances, instance('u', 'shop_api')]
    expect(declared({ ...elsewhere, instances: both })).toMatchObject([{ spec: { name: 'api' } }])
  })
})

describe('two services with one name', () => {
  it('of variables and of a label: the older keeps it', () => {
    const byLabel = (createdAt: string) => workload('shop_www', { labels: label(specText('api')), createdAt })
    const { workloads = [], instances = [] } = onMesh('shop_api', GOOD)
    const keys = (createdAt: string) =>
      planOf({ workloads: [...workloads, byLabel(createdAt)], instances }).claims.map(({ declaration }) =>
        sourceText(declaration.source),
      )
    expect(keys('2025-01-01T00:00:00Z')).toEqual(['label shoal.spec of service shop_www'])
    expect(keys('2027-01-01T00:00:00Z')).toEqual(['SERVICE_* of service shop_api'])
  })

  it('of tags: the older keeps host and name, the newer is told', () => {
    const www = (name: string, createdAt: string, tags: string) =>
      onMesh(name, { SERVICE_NAME: 'www', SERVICE_TAGS: tags }, { createdAt })
    const both = (tags: readonly [string, string]) => {
      const older = www('a_x', '2026-01-01T00:00:00Z', tags[0])
      const newer = www('b_x', '2026-02-01T00:00:00Z', tags[1])
      return planOf({
        workloads: [...(older.workloads ?? []), ...(newer.workloads ?? [])],
        instances: [...(older.instances ?? []), ...(newer.instances ?? [])],
      })
    }
    const aliases = both(['server_alias=hello.home', 'server_alias=hello.home'])
    expect(aliases.policies.get('a/www')?.routes.map(({ host }) => host)).toContain('hello.home.example.test')
    expect(aliases.claims[1]?.problems).toMatchObject([
      { reason: 'HostConflict' },
      { reason: 'HostConflict' },
    ])
    const domains = both(['world.dev', 'world.dev'])
    expect([...domains.policies.values()]).toMatchObject([
      { key: 'world.dev/www', spec: { selector: { service: 'a_x' } } },
    ])
    expect(domains.declarations[1]?.problems).toMatchObject([{ reason: 'NameConflict' }])
  })
})
