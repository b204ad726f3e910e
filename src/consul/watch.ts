import type { Endpoint } from '../model/endpoint.ts'
import { ask, type CallOptions, type ConsulClient } from './client.ts'
import { finding } from './check.ts'
import { isMaintenance, toEndpoints } from './endpoint.ts'
import { asList, asObject, asText } from '../lib/unknown.ts'
import { readEntries } from './kv.ts'

/** Consul answers when something changed, or after this time. */
const WAIT = '55s'
/** ms: Consul adds up to a sixteenth to the wait; what is left is for the way. */
const WAIT_TIMEOUT = 65_000
/** ms for a query that is answered at once. */
const FIRST_TIMEOUT = 5000

/**
 * One blocking query: answers at once without an index, else when the state is newer than `index` or after about a minute.
 * `index` in the answer is Consul's (0: it gave none). Rejects with ConsulError, also when the signal aborts it.
 */
export type BlockingQuery<T> = (
  index: number | null,
  signal: AbortSignal,
) => Promise<{ readonly index: number; readonly value: T }>

/** The instances of a Consul service, healthy or not, by server name. A service nobody registered has none. */
export function healthQuery(client: ConsulClient, service: string): BlockingQuery<readonly Endpoint[]> {
  return blocking(
    client,
    `following service ${service}`,
    (options) => client.api.health.service({ service, ...options }),
    toEndpoints,
  )
}

/** All values under a prefix, by their full key. */
export function kvPrefixQuery(
  client: ConsulClient,
  prefix: string,
): BlockingQuery<ReadonlyMap<string, string>> {
  return blocking(
    client,
    `following keys under ${prefix}`,
    (options) => client.api.kv.get({ key: prefix, recurse: true, ...options }),
    readEntries,
  )
}

/** Checks that do not pass anywhere, as `<Consul node>/<check ID>`; maintenance is not among them. */
export function failingChecksQuery(client: ConsulClient): BlockingQuery<ReadonlySet<string>> {
  const anything = { state: 'any', filter: 'Status != "passing"' } as const
  return blocking(
    client,
    'following failing checks',
    (options) => client.api.health.state({ ...anything, ...options }),
    failingChecks,
  )
}

/** Swarm node ID by Consul node, of the agents of Shoal's own stack. */
export function agentNodesQuery(client: ConsulClient): BlockingQuery<ReadonlyMap<string, string>> {
  return blocking(
    client,
    'following nodes',
    (options) => client.api.catalog.node.list({ ...options }),
    agentNodes,
  )
}

/** From an answer of `/v1/catalog/nodes`. */
export function agentNodes(answer: unknown): ReadonlyMap<string, string> {
  const nodes = asList(answer).map((each) => asObject(each))
  const named = nodes.map(({ Node, Meta }) => [asText(Node), asText(asObject(Meta)['swarm-node'])] as const)
  return new Map(named.filter(([, swarmNode]) => swarmNode !== ''))
}

/** From an answer of `/v1/health/state/any`. */
function failingChecks(answer: unknown): ReadonlySet<string> {
  const checks = asList(answer).map((check) => asObject(check))
  const failing = checks.filter(
    (check) => !isMaintenance(asText(check['CheckID'])) && finding(check) !== 'passing',
  )
  return new Set(failing.map(({ Node, CheckID }) => `${asText(Node)}/${asText(CheckID)}`))
}

function blocking<T>(
  client: ConsulClient,
  what: string,
  call: (options: CallOptions) => Promise<unknown>,
  read: (body: unknown) => T,
): BlockingQuery<T> {
  return async (index, signal) => {
    const beyond = index === null ? {} : { index: String(index), wait: WAIT }
    const timeout = index === null ? FIRST_TIMEOUT : WAIT_TIMEOUT
    const reply = await ask(client, what, { timeout, signal }, (options) => call({ ...options, ...beyond }))
    return { index: reply.index, value: read(reply.body) }
  }
}
