import { combineLatest, map } from 'rxjs'
import type { Observable } from 'rxjs'
import type { Backend } from '../model/backend.ts'
import type { Endpoint } from '../model/endpoint.ts'
import type { BackendOutcome, StructureOutcome } from '../model/haproxy.ts'
import type { Listener } from '../model/listener.ts'
import { POLICIES } from '../store/policies.ts'
import { reportPrefixes } from '../store/reports.ts'

/** What the node agent needs of the world. Every call rejects when it fails. */
export interface NodePorts {
  /** All that is under `shoal/services/`: see `ConsulPort.keys`. */
  readonly policies: Observable<ReadonlyMap<string, string>>
  /** See `ConsulPort`. */
  endpoints(consulService: string): Observable<readonly Endpoint[]>
  /** See `ConsulPort`. */
  readonly silent: Observable<boolean>
  /** This node's own reports in the KV: see `ConsulPort.keys`. */
  readonly reports: Observable<ReadonlyMap<string, string>>
  readonly kv: ReportsPort
  readonly haproxy: HaproxyPort
  readonly dns: DnsPort
  readonly memory: MemoryPort
}

/** The outside world as adapters give it to the node agent. */
export interface NodeAdapters {
  readonly consul: ConsulPort
  readonly haproxy: HaproxyPort
  readonly dns: DnsPort
  readonly memory: MemoryPort
}

export interface ConsulPort extends ReportsPort {
  /**
   * What is under a prefix of the KV: JSON by full key, whenever it changes. Never ends; keeps
   * silent while Consul does.
   */
  keys(prefix: string): Observable<ReadonlyMap<string, string>>
  /** All endpoints of a Consul service, likewise. */
  endpoints(consulService: string): Observable<readonly Endpoint[]>
  /** Whether Consul has stopped answering, from now on. */
  readonly silent: Observable<boolean>
}

export interface ReportsPort {
  put(key: string, value: string): Promise<void>
  delete(key: string): Promise<void>
}

export interface HaproxyPort {
  /** Whether HAProxy has a config to start with, from whomever. */
  isConfigured(): Promise<boolean>
  programBackend(backend: Backend): Promise<BackendOutcome>
  programStructure(listeners: readonly Listener[], backends: readonly Backend[]): Promise<StructureOutcome>
}

export interface DnsPort {
  /**
   * Makes DNS answer each name with its IPv4 address, and forward all else as things stand now;
   * null leaves the names as they are. Gives what it changed, for the log.
   */
  program(hosts: Readonly<Record<string, string>> | null): Promise<readonly string[]>
}

/** A place that outlives the node agent. */
export interface MemoryPort {
  load(): Promise<string | null>
  save(text: string): Promise<void>
}

/**
 * The ports of the node agent on the node with this host name: the program's and the simulation's
 * alike.
 */
export function nodePorts(nodeName: string, { consul, haproxy, dns, memory }: NodeAdapters): NodePorts {
  const ofReports = reportPrefixes(nodeName).map((prefix) => consul.keys(prefix))
  return {
    policies: consul.keys(POLICIES.prefix),
    endpoints: (service) => consul.endpoints(service),
    silent: consul.silent,
    reports: combineLatest(ofReports).pipe(map((all) => new Map(all.flatMap((each) => [...each])))),
    kv: consul,
    haproxy,
    dns,
    memory,
  }
}
