import type { Observable } from 'rxjs'
import type { Backend } from '../model/backend.ts'
import type { BackendOutcome, StructureOutcome } from '../model/haproxy.ts'
import type { Frontends } from '../model/listener.ts'
import type { Endpoint } from '../model/endpoint.ts'

/** What the node agent needs of the world. Every call rejects when it fails. */
export interface NodePorts {
  /** All that is under `shoal/services/`: JSON by full key, whenever it changes. Never ends; keeps silent while Consul does. */
  readonly policies: Observable<ReadonlyMap<string, string>>
  /** All endpoints of a Consul service, likewise. */
  endpoints(consulService: string): Observable<readonly Endpoint[]>
  /** Whether Consul has stopped answering, from now on. */
  readonly silent: Observable<boolean>
  /** This node's own reports in the KV: JSON by full key, likewise. */
  readonly reports: Observable<ReadonlyMap<string, string>>
  readonly kv: ReportsPort
  readonly haproxy: HaproxyPort
  readonly dns: DnsPort
  readonly memory: MemoryPort
}

export interface ReportsPort {
  put(key: string, value: string): Promise<void>
  delete(key: string): Promise<void>
}

export interface HaproxyPort {
  /** Whether HAProxy has a config to start with, from whomever. */
  isConfigured(): Promise<boolean>
  programBackend(backend: Backend): Promise<BackendOutcome>
  programStructure(frontends: Frontends, backends: readonly Backend[]): Promise<StructureOutcome>
}

export interface DnsPort {
  /**
   * Makes DNS answer each name with its IPv4 address, and forward all else as things stand now; null leaves the names as they are.
   * Gives what it changed, for the log.
   */
  program(hosts: Readonly<Record<string, string>> | null): Promise<readonly string[]>
}

/** A place that outlives the agent. */
export interface MemoryPort {
  load(): Promise<string | null>
  save(text: string): Promise<void>
}
