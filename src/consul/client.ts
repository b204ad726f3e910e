/**
 * All that Shoal asks of Consul, with typed answers. Every call rejects with ConsulError, in 5 s at
 * the latest (a blocking query in 65 s). No retries and no watching here: callers decide when to
 * ask again.
 */
import { consulAgent } from './agent.ts'
import type { ConsulAgent } from './agent.ts'
import { openApi } from './call.ts'
import type { ConsulAccess, ConsulOptions } from './call.ts'
import { consulCluster } from './cluster.ts'
import type { ConsulCluster } from './cluster.ts'
import { consulKv } from './kv.ts'
import type { ConsulKv } from './kv.ts'
import { consulQueries } from './queries.ts'
import type { ConsulQueries } from './queries.ts'

/** One Consul agent's HTTP API. */
export interface ConsulClient {
  /** For messages: `http://consul-agent:8500`. */
  readonly address: string
  /** The agent itself, and what is registered there. */
  readonly agent: ConsulAgent
  readonly cluster: ConsulCluster
  readonly kv: ConsulKv
  readonly queries: ConsulQueries
  /** Closes the connections that are kept alive. */
  close(): void
}

/**
 * A program's way to Consul agents: by their addresses, each with the same token and certificates.
 */
export interface ConsulClients {
  /** By URL (`http://host:8500`). Throws a TypeError if that's no URL. */
  at(url: string): ConsulClient
  /** By host name or IPv4 address, on Consul's usual port. */
  on(host: string): ConsulClient
}

/**
 * Throws a TypeError if the address is no URL, or if certificates are given for one without TLS.
 */
export function createConsul(options: ConsulOptions): ConsulClient {
  const api = openApi(options)
  return {
    address: api.address,
    agent: consulAgent(api),
    cluster: consulCluster(api),
    kv: consulKv(api),
    queries: consulQueries(api),
    close: () => api.npm.destroy(),
  }
}

/** The clients of a program, one for each address. `access` is what every call of each carries. */
export function consulClients(access: ConsulAccess = {}): ConsulClients {
  const clients = new Map<string, ConsulClient>()
  const at = (address: string): ConsulClient => {
    const known = clients.get(address) ?? createConsul({ ...access, address })
    clients.set(address, known)
    return known
  }
  const on = (host: string) => at(access.tls === undefined ? `http://${host}:8500` : `https://${host}:8501`)
  return { at, on }
}
