/**
 * A small cluster as the reading verbs see it: two services on three nodes, one of them with a bad
 * spec.
 */
import { of } from 'rxjs'
import type { Endpoint } from '../../src/model/endpoint.ts'
import type { ServiceEvent } from '../../src/model/event.ts'
import { HAPROXY_CONSUL_SERVICE } from '../../src/model/names.ts'
import type { Policy } from '../../src/model/policy.ts'
import type { Condition, ProxyReport, ServerReport, ServiceStatus } from '../../src/model/status.ts'
import type { ClusterSnapshot } from '../../src/model/cluster.ts'
import type { Sources } from '../../src/views/sources.ts'
import { inForce, labelled, node, snapshot, instance } from '../controller/plan/world.ts'
import type { Reason } from '../../src/model/reasons.ts'
import { sourceText } from '../../src/model/source.ts'
import type { Source } from '../../src/model/source.ts'
import type { ServiceKey } from '../../src/model/service.ts'

export const NOW = Date.parse('2026-01-01T00:10:00Z')
const BAD_SOURCE: Source = { kind: 'label', service: 'shop_api' }

const WWW = theOnly(inForce(labelled('hello_www', { hosts: ['www.example.test'] })))
/** With the revision that stands in the golden files. */
export const POLICY: Policy = { ...WWW, revision: '4f1d2c3b' }

function theOnly(policies: readonly Policy[]): Policy {
  const [policy] = policies
  if (policy === undefined) throw new Error('nothing is in force')
  return policy
}

function condition(
  type: Condition['type'],
  status: Condition['status'],
  reason: Reason,
  message: string,
): Condition {
  return { type, status, reason, message, since: '2026-01-01T00:08:30.000Z' }
}

const WWW_STATUS: ServiceStatus = {
  key: 'hello/www',
  conditions: [
    condition('Accepted', 'True', 'Accepted', 'from label shoal.spec of service hello_www'),
    condition('Resolved', 'True', 'TasksFound', '2 tasks of Swarm service hello_www'),
    condition('Registered', 'True', 'Registered', '2 of 2 tasks'),
    condition('Programmed', 'False', 'Programming', '2 of 3 proxies'),
    condition('Ready', 'True', 'Degraded', '1 of 2 tasks'),
  ],
  total: 2,
  ready: 1,
  programmed: 2,
  proxies: 3,
  source: { kind: 'label', service: 'hello_www' },
}

const API_STATUS: ServiceStatus = {
  key: 'shop/api',
  conditions: [
    condition('Accepted', 'False', 'InvalidSpec', `${sourceText(BAD_SOURCE)}:5:9: spec.hots: no such field`),
    condition('Resolved', 'Unknown', 'InvalidSpec', 'no spec is in force'),
    condition('Ready', 'False', 'Unavailable', '0 of 0 tasks'),
  ],
  total: 0,
  ready: 0,
  programmed: 0,
  proxies: 3,
  source: BAD_SOURCE,
}

export function endpoint(id: string, host: number, changes: Partial<Endpoint> = {}): Endpoint {
  return {
    server: `hello_www.${host}.${id}`,
    task: id,
    node: `n${host}`,
    nodeName: `node${host}`,
    zone: host === 3 ? 'b' : 'a',
    address: `10.87.0.${host}`,
    port: 8080,
    health: 'passing',
    ...changes,
  }
}

export const ENDPOINTS_OF_WWW = [endpoint('t1', 1), endpoint('t2', 2, { health: 'critical' })]

const ready = (weight: number, why: string): ServerReport => ({
  weight,
  state: 'ready',
  standing: 'serving',
  why,
})

function report(
  host: number,
  servers: Readonly<Record<string, ServerReport>>,
  changes: Partial<ProxyReport> = {},
): ProxyReport {
  const { key, revision } = POLICY
  const zone = host === 3 ? 'b' : 'a'
  return {
    key,
    node: `node${host}`,
    zone,
    revision,
    error: null,
    backends: { hello_www: servers },
    ...changes,
  }
}

export const REPORTS = [
  report(1, {
    'hello_www.1.t1': ready(256, "node: 1 of 2 tasks here take 100% of node1's traffic"),
    'hello_www.2.t2': { weight: 0, state: 'drain', standing: 'failing', why: 'its health check fails' },
  }),
  report(2, {
    'hello_www.1.t1': ready(256, "zone a: 1 of 2 tasks with room to spare take 100% of node2's traffic"),
    'hello_www.2.t2': { weight: 0, state: 'drain', standing: 'failing', why: 'its health check fails' },
  }),
  report(3, {}, { error: '50-hello_www.cfg: unknown keyword', revision: 'older' }),
]

const HAPROXIES: readonly Endpoint[] = [1, 2].map((host) =>
  endpoint(`h${host}`, host, {
    server: `shoal_haproxy.n${host}.h${host}`,
    address: `10.87.0.1${host}`,
    port: 80,
    health: host === 1 ? 'passing' : 'critical',
  }),
)

export const EVENTS_OF_WWW: readonly ServiceEvent[] = [
  {
    service: 'hello/www',
    type: 'Normal',
    reason: 'TaskRegistered',
    message: 'task hello_www.1.t1 on node1 at 10.87.0.1',
    count: 1,
    firstSeen: '2026-01-01T00:01:00.000Z',
    lastSeen: '2026-01-01T00:01:00.000Z',
  },
  {
    service: 'hello/www',
    type: 'Warning',
    reason: 'Degraded',
    message: '1 of 2 tasks',
    count: 3,
    firstSeen: '2026-01-01T00:02:00.000Z',
    lastSeen: '2026-01-01T00:08:30.000Z',
  },
]

const SWARM: ClusterSnapshot = snapshot({
  workloads: [labelled('hello_www', {}, { wanted: 2 })],
  instances: [
    instance('t1', 'hello_www', { nodeId: 'n1' }),
    instance('t2', 'hello_www', { nodeId: 'n2', slot: 2 }),
    instance('t0', 'hello_www', { nodeId: 'n2', desired: 'shutdown', state: 'shutdown' }),
  ],
  nodes: [
    node('n3', { hostname: 'node3', status: 'down', role: 'worker', zone: 'b' }),
    node('n2', { hostname: 'node2', availability: 'drain', zone: 'a' }),
    node('n1', { hostname: 'node1', zone: 'a' }),
  ],
})

export const POLICIES = new Map<ServiceKey, Policy>([['hello/www', POLICY]])
const STATUSES = new Map<ServiceKey, ServiceStatus>([
  ['hello/www', WWW_STATUS],
  ['shop/api', API_STATUS],
])
const FAILING: ReadonlySet<string> = new Set([
  'node2-c2/hello_www.2.t2:www-hello:check',
  'node1-old/serfHealth',
  'node2-c2/serfHealth',
])
export const AGENTS = new Map([
  ['node1-old', 'n1'],
  ['node1-c1', 'n1'],
  ['node2-c2', 'n2'],
])

/** Each source with one answer; a test replaces those that it is about. */
export function sources(changes: Partial<Sources> = {}): Sources {
  return {
    policies: of(POLICIES),
    statuses: of(STATUSES),
    reports: of(REPORTS),
    events: of(new Map<ServiceKey, readonly ServiceEvent[]>([['hello/www', EVENTS_OF_WWW]])),
    failing: of(FAILING),
    agents: of(AGENTS),
    swarm: of(SWARM),
    endpoints: (service) => of(service === HAPROXY_CONSUL_SERVICE ? HAPROXIES : ENDPOINTS_OF_WWW),
    ...changes,
  }
}
