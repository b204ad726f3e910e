import { BehaviorSubject, NEVER, of, Subject } from 'rxjs'
import { describe, expect, it } from 'vitest'
import {
  ENDPOINT_LISTING,
  endpointsOf,
  NODE_LISTING,
  PROXY_LISTING,
} from '../../../src/cli/print/listings.ts'
import type { Endpoint } from '../../../src/model/endpoint.ts'
import type { Policy } from '../../../src/model/policy.ts'
import { inForce, labelled } from '../../controller/plan/world.ts'
import { AGENTS, endpoint, ENDPOINTS_OF_WWW, POLICIES, POLICY, REPORTS, sources } from '../fixtures.ts'
import type { ServiceKey } from '../../../src/model/service.ts'

const ALL = { names: [], namespace: null }

function policies(...names: readonly string[]): ReadonlyMap<ServiceKey, Policy> {
  return new Map(inForce(...names.map((name) => labelled(name))).map((policy) => [policy.key, policy]))
}

describe('endpoints', () => {
  it('of all services are listed by service, or of those that are named', () => {
    const asked: string[] = []
    const known = sources({
      policies: of(policies('shop_api', 'hello_www')),
      endpoints: (service) => (asked.push(service), of([endpoint(service, 1)])),
    })
    const listed: string[][] = []
    endpointsOf(known, ALL).subscribe((views) => listed.push(views.map(({ service }) => service)))
    endpointsOf(known, { names: ['api'], namespace: null }).subscribe((views) =>
      listed.push(views.map(({ service }) => service)),
    )
    endpointsOf(known, { names: [], namespace: 'hello' }).subscribe((views) =>
      listed.push(views.map(({ service }) => service)),
    )
    expect(listed).toEqual([['hello/www', 'shop/api'], ['shop/api'], ['hello/www']])
    expect(asked).toEqual(['www-hello', 'api-shop', 'api-shop', 'www-hello'])
  })

  it('are followed as they change, and so are the services that there are', () => {
    const inForceNow = new BehaviorSubject<ReadonlyMap<ServiceKey, Policy>>(new Map())
    const tasks = new Subject<readonly Endpoint[]>()
    const known = sources({ policies: inForceNow, endpoints: () => tasks, reports: of(REPORTS) })
    const counts: number[] = []
    endpointsOf(known, ALL).subscribe((views) => counts.push(views.length))
    inForceNow.next(POLICIES)
    tasks.next(ENDPOINTS_OF_WWW)
    tasks.next([])
    inForceNow.next(new Map())
    tasks.next(ENDPOINTS_OF_WWW)
    expect(counts).toEqual([0, 2, 0, 0])
  })

  it('of a service without tasks are none, but of one that is not there an error', async () => {
    const known = sources({ endpoints: () => of([]) })
    const check = async (name: string) => ENDPOINT_LISTING.check?.(known, { names: [name], namespace: null })
    await expect(check('www')).resolves.toBeUndefined()
    await expect(check('nope')).rejects.toThrow('no service nope; there are: hello/www')
  })
})

describe('nodes', () => {
  it('are not told before everything about them is known', () => {
    const told: unknown[] = []
    NODE_LISTING.views(sources({ agents: NEVER }), ALL).subscribe((views) => told.push(views))
    expect(told).toEqual([])
  })

  it('count as alive by whichever of their agents is', () => {
    const agents = new BehaviorSubject<ReadonlyMap<string, string>>(AGENTS)
    const told: Record<string, string>[] = []
    NODE_LISTING.views(sources({ agents }), ALL).subscribe((views) =>
      told.push(Object.fromEntries(views.map(({ name, consulAgent }) => [name, consulAgent]))),
    )
    agents.next(new Map([['node1-old', 'n1']]))
    expect(told).toEqual([
      { node1: 'alive', node2: 'failed', node3: 'none' },
      { node1: 'failed', node2: 'none', node3: 'none' },
    ])
  })
})

describe('proxies', () => {
  it('are behind until they report the revision in force, also with no report at all', () => {
    const told: string[][] = []
    const newer = new Map<ServiceKey, Policy>([['hello/www', { ...POLICY, revision: 'newer' }]])
    const inForceNow = new BehaviorSubject<ReadonlyMap<ServiceKey, Policy>>(POLICIES)
    PROXY_LISTING.views(sources({ policies: inForceNow, reports: of(REPORTS.slice(1)) }), ALL).subscribe(
      (views) => told.push(views.flatMap(({ services }) => services.map(({ state }) => state))),
    )
    inForceNow.next(newer)
    expect(told).toEqual([
      ['behind', 'programmed', 'refused'],
      ['behind', 'behind', 'refused'],
    ])
  })
})
