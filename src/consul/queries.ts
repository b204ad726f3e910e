import type { Endpoint } from '../model/endpoint.ts'
import { ask } from './call.ts'
import type { CallOptions, ConsulApi } from './call.ts'
import type { BlockingQuery } from '../lib/blocking-query.ts'
import type { FailingChecks } from '../model/registration.ts'
import { finding } from './check.ts'
import { isMaintenance, toEndpoints } from './endpoint.ts'
import { asList, asObject, asText } from '../lib/unknown.ts'
import { decodeKv } from './kv.ts'

/** Consul answers when something changed, or after this time. */
const WAIT = '55s'
/** ms: Consul adds up to a sixteenth to the wait; what is left is for the way. */
const WAIT_TIMEOUT = 65_000
/** ms for a query that is answered at once. */
const FIRST_TIMEOUT = 5000

/**
 * What can be followed. Each query rejects with ConsulError without an answer in 65 s (the first:
 * in 5 s).
 */
export interface ConsulQueries {
  /**
   * The instances of a Consul service, healthy or not, by server name. A service nobody registered
   * has none.
   */
  endpoints(service: string): BlockingQuery<readonly Endpoint[]>
  /** All values under a prefix, by their full key. */
  keys(prefix: string): BlockingQuery<ReadonlyMap<string, string>>
  /**
   * Checks that do not pass anywhere, as `<Consul node>/<check ID>`; maintenance is not among them.
   */
  failingChecks(): BlockingQuery<FailingChecks>
  /** Swarm node ID by Consul node, of the agents of Shoal's own stack. */
  agentNodes(): BlockingQuery<ReadonlyMap<string, string>>
}

export function consulQueries(api: ConsulApi): ConsulQueries {
  const { health, kv, catalog } = api.npm
  const anything = { state: 'any', filter: 'Status != "passing"' } as const
  return {
    endpoints: (service) =>
      blocking(
        api,
        `following service ${service}`,
        (options) => health.service({ service, ...options }),
        toEndpoints,
      ),
    keys: (prefix) =>
      blocking(
        api,
        `following keys under ${prefix}`,
        (options) => kv.get({ key: prefix, recurse: true, ...options }),
        decodeKv,
      ),
    failingChecks: () =>
      blocking(
        api,
        'following failing checks',
        (options) => health.state({ ...anything, ...options }),
        failingChecks,
      ),
    agentNodes: () =>
      blocking(api, 'following nodes', (options) => catalog.node.list({ ...options }), agentNodes),
  }
}

/** From an answer of `/v1/catalog/nodes`. */
export function agentNodes(answer: unknown): ReadonlyMap<string, string> {
  const nodes = asList(answer).map((each) => asObject(each))
  const named = nodes.map(({ Node, Meta }) => [asText(Node), asText(asObject(Meta)['swarm-node'])] as const)
  return new Map(named.filter(([, swarmNode]) => swarmNode !== ''))
}

/** From an answer of `/v1/health/state/any`. */
function failingChecks(answer: unknown): FailingChecks {
  return new Map(
    asList(answer).flatMap((each) => {
      const check = asObject(each)
      const found = finding(check)
      if (found === 'passing' || isMaintenance(asText(check['CheckID']))) return []
      return [[`${asText(check['Node'])}/${asText(check['CheckID'])}`, found] as const]
    }),
  )
}

function blocking<T>(
  api: ConsulApi,
  what: string,
  call: (options: CallOptions) => Promise<unknown>,
  read: (body: unknown) => T,
): BlockingQuery<T> {
  return async (index, signal) => {
    const beyond = index === null ? {} : { index: String(index), wait: WAIT }
    const timeout = index === null ? FIRST_TIMEOUT : WAIT_TIMEOUT
    const reply = await ask(api, what, { timeout, signal }, (options) => call({ ...options, ...beyond }))
    return { index: reply.index, value: read(reply.body) }
  }
}
