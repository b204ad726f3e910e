/**
 * What the reading verbs know: Consul's keys and catalog, and the Swarm. Asked for once, or
 * followed.
 */
import { defer, lastValueFrom, map, switchMap } from 'rxjs'
import type { Observable } from 'rxjs'
import type { ConsulClient } from '../consul/client.ts'
import type { BlockingQuery } from '../lib/blocking-query.ts'
import type { Endpoint } from '../model/endpoint.ts'
import type { ServiceEvent } from '../model/event.ts'
import type { Policy } from '../model/policy.ts'
import type { ServiceKey } from '../model/service.ts'
import type { ProxyReport, ServiceStatus } from '../model/status.ts'
import type { ClusterSnapshot } from '../model/cluster.ts'
import { boundedFrequency } from '../loop/bounded-frequency.ts'
import type { Log } from '../lib/log.ts'
import { watching } from '../loop/watching.ts'
import { connectDocker } from '../docker/docker.ts'
import { swarmEvents } from '../docker/events.ts'
import { observe } from '../docker/observe.ts'
import { EVENTS } from '../store/events.ts'
import { decodePoliciesInForce, POLICIES } from '../store/policies.ts'
import { SERVICE_REPORTS } from '../store/reports.ts'
import { STATUSES } from '../store/statuses.ts'

/** Each either gives one answer and ends, or goes on with every change. */
export interface Sources {
  readonly policies: Observable<ReadonlyMap<ServiceKey, Policy>>
  readonly statuses: Observable<ReadonlyMap<ServiceKey, ServiceStatus>>
  readonly reports: Observable<readonly ProxyReport[]>
  readonly events: Observable<ReadonlyMap<ServiceKey, readonly ServiceEvent[]>>
  /** Checks that do not pass, as `<Consul node>/<check ID>`. */
  readonly failing: Observable<ReadonlySet<string>>
  /** Swarm node ID by Consul node, of Consul's agents. */
  readonly agents: Observable<ReadonlyMap<string, string>>
  readonly swarm: Observable<ClusterSnapshot>
  endpoints(consulService: string): Observable<readonly Endpoint[]>
}

/** ms */
const ONCE_TIMEOUT = 5000
/** ms between two observations of the Swarm at least, without a hint, and after one that failed. */
const SWARM = { minInterval: 1000, maxInterval: 30_000, retryInterval: 5000 }

/** One answer each. Errors are ConsulError and DockerError. */
export function sourcesOnce(consul: ConsulClient): Sources {
  return sourcesBy(
    consul,
    (_, query) => askOnce(query),
    defer(async () => observe(await connectDocker())),
  )
}

/** The policies that the controller has in force. Rejects with ConsulError. */
export async function fetchPolicies(consul: ConsulClient): Promise<ReadonlyMap<ServiceKey, Policy>> {
  return await lastValueFrom(sourcesOnce(consul).policies)
}

function askOnce<T>(query: BlockingQuery<T>): Observable<T> {
  return defer(() => query(null, AbortSignal.timeout(ONCE_TIMEOUT))).pipe(map(({ value }) => value))
}

/** Every change. Never ends and never errors: `log` hears of what can't be reached for a while. */
export function sourcesFollowed(consul: ConsulClient, log: Log): Sources {
  const swarm = defer(connectDocker).pipe(
    switchMap((docker) =>
      boundedFrequency(swarmEvents(docker), () => observe(docker), {
        ...SWARM,
        onError: (error) => log.warn({ reason: String(error) }, 'docker does not answer'),
      }),
    ),
  )
  const { watch } = watching(log, consul.cluster.aliveServers)
  return sourcesBy(consul, watch, swarm)
}

function sourcesBy(
  { queries }: ConsulClient,
  follow: <T>(what: string, query: BlockingQuery<T>) => Observable<T>,
  swarm: Observable<ClusterSnapshot>,
): Sources {
  const keys = (prefix: string) => follow(prefix, queries.keys(prefix))
  return {
    policies: keys(POLICIES.prefix).pipe(map(decodePoliciesInForce)),
    statuses: keys(STATUSES.prefix).pipe(map((kv) => STATUSES.decode(kv).entries)),
    reports: keys(SERVICE_REPORTS.prefix).pipe(map((kv) => [...SERVICE_REPORTS.decode(kv).entries.values()])),
    events: keys(EVENTS.prefix).pipe(map((kv) => EVENTS.decode(kv).entries)),
    failing: follow('failing checks', queries.failingChecks()).pipe(
      map((failing) => new Set(failing.keys())),
    ),
    agents: follow('agents', queries.agentNodes()),
    swarm,
    endpoints: (service) => follow(service, queries.endpoints(service)),
  }
}
