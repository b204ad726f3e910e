import type { ConsulAgentAnswer, ClockOffset, ConsulMember } from '../model/consul-cluster.ts'
import { ask } from './call.ts'
import type { ConsulApi } from './call.ts'
import { asList, asObject, asText } from '../lib/unknown.ts'

/** ms */
const TIMEOUT = 3000
/** ms: what a `Date` header leaves out. */
const SECOND = 1000

const STATUSES = ['unknown', 'alive', 'leaving', 'left', 'failed'] as const

/**
 * The Consul cluster as one agent knows it. Every call rejects with ConsulError, after 3 s at the
 * latest.
 */
export interface ConsulCluster {
  /** All members that the agent knows, also those that have left or failed. */
  members(): Promise<readonly ConsulMember[]>
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
