/**
 * What this node's HAProxy and DNS should be, given what the agent believes: a pure function from
 * the view to desired state.
 */
import type { Backend, Server } from '../../model/backend.ts'
import { HTTP_PORT } from '../../model/listener.ts'
import type { Listener } from '../../model/listener.ts'
import type { Endpoint, Standing } from '../../model/endpoint.ts'
import { HAPROXY_CONSUL_SERVICE } from '../../model/names.ts'
import type { BackendPolicy, Policy } from '../../model/policy.ts'
import type { ServiceKey } from '../../model/service.ts'
import { identicalFields } from '../../lib/same.ts'
import { shareFields } from '../../lib/share.ts'
import type { ServerReport } from '../../model/status.ts'
import type { HeldEndpoint, HeldEndpoints } from '../view/endpoints.ts'
import { isName } from '../../store/policies.ts'
import { haproxies, ownAddress } from './haproxies.ts'
import { plannedListeners } from './listeners.ts'
import { isBackup, weigh } from '../locality/locality.ts'
import type { Self } from '../locality/locality.ts'
import type { Place } from '../locality/shares.ts'
import { effectivePolicies } from '../view/view.ts'
import type { View } from '../view/view.ts'
import { by } from '../../lib/order.ts'

export interface NodePlan {
  readonly self: Self
  /** By name. */
  readonly backends: ReadonlyMap<string, PlannedBackend>
  /** By port. */
  readonly listeners: readonly Listener[]
  /** For DNS: name to IPv4 address. */
  readonly hosts: Readonly<Record<string, string>>
  readonly services: ReadonlyMap<ServiceKey, PlannedService>
}

interface PlannedBackend {
  readonly backend: Backend
  /** By server name. */
  readonly servers: Readonly<Record<string, ServerReport>>
  /** All that it follows from. */
  readonly from: BackendSource
}

interface BackendSource {
  readonly policy: Policy
  readonly wanted: BackendPolicy
  readonly held: HeldEndpoints
  /** What is known of Shoal's own HAProxies. */
  readonly haproxies: HeldEndpoints
  readonly self: Self
}

interface PlannedService {
  readonly revision: string
  readonly backends: readonly string[]
  /** Ports of the HTTP listeners that lead to it. */
  readonly httpPorts: readonly number[]
  /** Why a part of it can't be had, null if all is well. */
  readonly conflict: string | null
}

/**
 * Which HAProxy state an endpoint's standing asks for. A failing one drains too: it may still
 * finish what it has.
 */
const STATES: Readonly<Record<Standing, Server['state']>> = {
  serving: 'ready',
  failing: 'drain',
  recovering: 'drain',
  draining: 'drain',
  leaving: 'drain',
  starting: 'maint',
}

const WHY: Readonly<Record<Exclude<Standing, 'serving'>, string>> = {
  failing: 'its health check fails',
  recovering: 'its health check has failed again and again',
  draining: 'it is about to stop',
  leaving: 'it stops at any moment',
  starting: 'its health check has not passed yet',
}

/** Backends of which nothing is different from what it was `before` are the same objects. */
export function planNode(view: View, self: Self, before: NodePlan | null = null): NodePlan {
  const policies = effectivePolicies(view)
  const place = shareFields(before?.self, self)
  const known = view.endpoints.get(HAPROXY_CONSUL_SERVICE) ?? NOBODY
  const proxies = haproxies(view)
    .filter(({ standing }) => standing === 'serving')
    .map(({ endpoint }) => endpoint)
  const backends = new Map<string, PlannedBackend>()
  for (const policy of policies) {
    for (const wanted of policy.backends) {
      const { name, consulService } = wanted
      // Settled by the controller; of two with one name the older keeps it.
      if (backends.has(name)) continue
      const held = view.endpoints.get(consulService) ?? NOBODY
      const from: BackendSource = { policy, wanted, held, haproxies: known, self: place }
      const planned = before?.backends.get(name)
      const stands = planned !== undefined && identicalFields(planned.from, from)
      backends.set(name, stands ? planned : plannedBackend(from, proxies))
    }
  }
  const { listeners, conflicts } = plannedListeners(policies, before?.listeners)
  const address = ownAddress(view, self)
  const hosts: Record<string, string> = {}
  for (const name of policies.flatMap(({ names }) => names)) if (address !== null) hosts[name] = address
  return { self: place, backends, listeners, hosts, services: plannedServices(policies, conflicts) }
}

const NOBODY: HeldEndpoints = new Map()

function plannedBackend(from: BackendSource, proxies: readonly Place[]): PlannedBackend {
  const { policy, wanted, held, self } = from
  const servers = plannedServers(policy, held, proxies, self)
  const { key: service, timeout, drain } = policy
  const backend = {
    name: wanted.name,
    service,
    protocol: wanted.port.protocol,
    timeout,
    drain,
    servers: servers.map(([server]) => server),
  }
  const reports = Object.fromEntries(servers.map(([{ name: server }, report]) => [server, report]))
  return { backend, servers: reports, from }
}

function plannedServices(
  policies: readonly Policy[],
  conflicts: ReadonlyMap<ServiceKey, string>,
): ReadonlyMap<ServiceKey, PlannedService> {
  return new Map(
    policies.map(({ key, revision, backends }) => {
      const ports = backends.filter(({ port }) => port.protocol === 'http').map(({ port }) => port.port)
      const httpPorts = ports.length > 0 ? [HTTP_PORT, ...ports] : []
      const conflict = conflicts.get(key) ?? null
      return [key, { revision, backends: backends.map(({ name }) => name), httpPorts, conflict }]
    }),
  )
}

function plannedServers(
  { locality, maxConnections }: Policy,
  held: HeldEndpoints,
  proxies: readonly Place[],
  self: Self,
): readonly (readonly [Server, ServerReport])[] {
  const usable = [...held.values()].filter(({ endpoint }) => isUsable(endpoint))
  const chosen = new Set(chosenAmong(usable).map(({ endpoint }) => endpoint))
  const endpoints = [...chosen]
  const weights = weigh({ self, proxies, endpoints, ...locality })
  return usable.sort(by(({ endpoint }) => endpoint.server)).map(({ endpoint, standing, unknownSince }) => {
    const { server: name, address, port } = endpoint
    const isChosen = chosen.has(endpoint)
    const state = isChosen ? 'ready' : STATES[standing]
    const weighed = (isChosen ? weights.get(name) : undefined) ?? NO_WEIGHT
    const why = whyOf(standing, isChosen, weighed.why)
    const backup = isBackup(locality.mode, self, endpoint)
    const kept =
      unknownSince === null || standing !== 'serving' ? why : `${why} (Consul has lost it; kept for a while)`
    return [
      { name, address, port, weight: weighed.weight, state, backup, maxConnections },
      { weight: weighed.weight, state, standing, why: kept },
    ]
  })
}

/** Endpoints that began to drain within so many ms of each other stop together. */
const TOGETHER = 500

/**
 * The endpoints that get requests: all that serve, or if none does, all that recover. If none does
 * either, those that were told to stop last go on, as with kube-proxy: in a rollout a task is often
 * told to stop a moment before its successor's first check passes. One that was told earlier gets
 * nothing, as it may be gone at any moment. With no endpoint left, HAProxy answers 503.
 */
function chosenAmong(held: readonly HeldEndpoint[]): readonly HeldEndpoint[] {
  const only = (wanted: Standing) => held.filter(({ standing }) => standing === wanted)
  for (const healthy of [only('serving'), only('recovering')]) if (healthy.length > 0) return healthy
  const draining = only('draining')
  const last = Math.max(...draining.map(({ drainingSince }) => drainingSince ?? 0))
  return draining.filter(({ drainingSince }) => (drainingSince ?? 0) >= last - TOGETHER)
}

function whyOf(standing: Standing, isChosen: boolean, whyThisWeight: string): string {
  if (standing === 'serving') return whyThisWeight
  return isChosen ? `${WHY[standing]}, but there is no other` : WHY[standing]
}

const NO_WEIGHT = { weight: 0, why: '' }

const IPV4 = /^((25[0-5]|2[0-4]\d|1?\d?\d)(\.(?!$)|$)){4}$/

/** What HAProxy's config can hold; anything else in Consul isn't of Shoal's making. */
function isUsable({ server, address, port }: Endpoint): boolean {
  const isPort = Number.isInteger(port) && port > 0 && port < 65_536
  return isName(server) && IPV4.test(address) && isPort
}
