import type { ConsulAgentAnswer, ClockOffset, ConsulMember } from '../model/consul-cluster.ts'
import { ask } from './call.ts'
import type { ConsulApi } from './call.ts'
import { asList, asObject, asText } from '../lib/unknown.ts'
import { byText } from '../lib/order.ts'

/** ms */
const TIMEOUT = 3000
/**
 * ms: an agent that is merely busy is not asked everything anew, which would make it busier.
 */
const GOSSIP_TIMEOUT = 10_000
const SERVERS_ALONE = { filter: 'Tags.role == "consul"' }
/** ms: what a `Date` header leaves out. */
const SECOND = 1000

const STATUSES = ['unknown', 'alive', 'leaving', 'left', 'failed'] as const

/**
 * The Consul cluster as one agent knows it. Every call rejects with ConsulError, after 3 s at the
 * latest if nothing else is said.
 */
export interface ConsulCluster {
  /** All members that the agent knows, also those that have left or failed. */
  members(): Promise<readonly ConsulMember[]>
  /**
   * Which Consul servers the agent takes for alive, as text that is equal for equal ones. It knows by
   * gossip, and asks no server. Rejects also when the signal aborts it, after 10 s at the latest.
   */
  readonly aliveServers: (signal: AbortSignal) => Promise<string>
  /**
   * Whether the agent answers, whom it takes for the leader, and how its clock differs from ours.
   */
  ask(): Promise<ConsulAgentAnswer>
}

export function consulCluster(api: ConsulApi): ConsulCluster {
  const { agent, status } = api.npm
  const limits = { timeout: TIMEOUT }
  return {
    async members() {
      const { body } = await ask(api, 'listing members', limits, (options) => agent.members({ ...options }))
      return asList(body).map(toMember)
    },
    async aliveServers(signal) {
      const gossip = { timeout: GOSSIP_TIMEOUT, signal }
      const { body } = await ask(api, 'listing servers', gossip, (options) =>
        agent.members({ ...options, ...SERVERS_ALONE }),
      )
      const alive = asList(body)
        .map(toMember)
        .filter(({ server, status: is }) => server && is === 'alive')
      return alive
        .map(({ name, address }) => `${name} ${address}`)
        .toSorted(byText)
        .join()
    },
    async ask() {
      const sent = Date.now()
      const { body, date } = await ask(api, 'asking for the leader', limits, (options) =>
        status.leader({ ...options }),
      )
      return { leader: asText(body) || null, clock: clockOffset(date, sent, Date.now()) }
    },
  }
}

/**
 * What a `Date` header tells of the clock that wrote it, between `sent` and `received` by ours (ms
 * since the epoch). It has whole seconds, rounded down. Without a header anything may be.
 */
export function clockOffset(date: string, sent: number, received: number): ClockOffset {
  const written = Date.parse(date)
  if (Number.isNaN(written)) return { least: -Infinity, most: Infinity }
  return { least: written - received, most: written + SECOND - sent }
}

function toMember(answer: unknown): ConsulMember {
  const { Name, Addr, Status, Tags } = asObject(answer)
  const status = STATUSES[typeof Status === 'number' ? Status : 0] ?? 'unknown'
  return { name: asText(Name), address: asText(Addr), status, server: asObject(Tags)['role'] === 'consul' }
}
