import type { ConsulAgentAnswer, ClockOffset, ConsulMember } from '../model/consul-cluster.ts'
import { ask, type ConsulClient } from './client.ts'
import { asList, asObject, asText } from '../lib/unknown.ts'

/** ms */
const TIMEOUT = 3000
/** ms: what a `Date` header leaves out. */
const SECOND = 1000

const STATUSES = ['unknown', 'alive', 'leaving', 'left', 'failed'] as const

/** All members of the Consul cluster that an agent knows, also those that have left or failed. Rejects with ConsulError. */
export async function listMembers(client: ConsulClient): Promise<readonly ConsulMember[]> {
  const { body } = await ask(client, 'listing members', { timeout: TIMEOUT }, (options) =>
    client.api.agent.members({ ...options }),
  )
  return asList(body).map(toMember)
}

/** Whether an agent answers, whom it takes for the leader, and how its clock differs from ours. Rejects with ConsulError. */
export async function askConsulAgent(client: ConsulClient): Promise<ConsulAgentAnswer> {
  const sent = Date.now()
  const { body, date } = await ask(client, 'asking for the leader', { timeout: TIMEOUT }, (options) =>
    client.api.status.leader({ ...options }),
  )
  return { leader: asText(body) || null, clock: clockOffset(date, sent, Date.now()) }
}

/**
 * What a `Date` header tells of the clock that wrote it, between `sent` and `received` by ours (ms since the epoch). It has whole
 * seconds, rounded down. Without a header anything may be.
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
