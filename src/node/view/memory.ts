/**
 * What a node agent leaves to its successor on the node: without it a restart in the middle of a grace would take what is
 * kept for what is gone, and unchecked endpoints for new ones.
 */
import type { Endpoint, Standing } from '../../model/endpoint.ts'
import { KV_SERVICES } from '../../model/names.ts'
import type { HeldEndpoint } from './endpoints.ts'
import { decodePolicies } from '../../store/policies.ts'
import type { HeldPolicy } from './policies.ts'
import { lastLoss } from './silence.ts'
import { EMPTY_VIEW } from './view.ts'
import type { View } from './view.ts'

export interface Memory {
  readonly view: View
  /** The node's last known zone. */
  readonly zone: string | null
}

/** Of the form below; one of another form is as good as none. */
const FORM = 1

export function writeMemory({ view, zone }: Memory): string {
  const policies = [...view.policies.values()].flatMap(({ inForce, absentSince }) =>
    inForce === null ? [] : [{ policy: inForce, absentSince }],
  )
  const endpoints = [...view.endpoints].map(([service, held]) => ({ service, held: [...held.values()] }))
  return JSON.stringify({ form: FORM, zone, silentSince: view.silentSince, policies, endpoints })
}

/** Null where the text makes no sense. What it tells counts as not yet answered by Consul. */
export function readMemory(text: string): Memory | null {
  const saved = fields(parse(text))
  if (saved['form'] !== FORM) return null
  const policies = list(saved['policies']).flatMap((each): [string, HeldPolicy][] => {
    const { policy, absentSince } = fields(each)
    const key = String(fields(policy)['key'])
    // Checked as thoroughly as one from Consul.
    const { entries } = decodePolicies(new Map([[KV_SERVICES + key, JSON.stringify(policy)]]))
    return [...entries.values()].flatMap((entry): [string, HeldPolicy][] =>
      'deleted' in entry ? [] : [[key, { inForce: entry, next: null, absentSince: time(absentSince) }]],
    )
  })
  const endpoints = list(saved['endpoints']).map((each): [string, Map<string, HeldEndpoint>] => {
    const { service, held } = fields(each)
    return [String(service), new Map(list(held).flatMap((item) => heldEndpoint(fields(item))))]
  })
  const zone = saved['zone']
  const recalled = { ...EMPTY_VIEW, policies: new Map(policies), endpoints: new Map(endpoints) }
  // The time in which there was no agent counts for no grace, nor does the silence before it.
  const view = { ...recalled, silentSince: time(saved['silentSince']) ?? lastLoss(recalled) }
  return { zone: typeof zone === 'string' ? zone : null, view }
}

function heldEndpoint(saved: Fields): [string, HeldEndpoint][] {
  const { endpoint, standing, present } = saved
  if (!isEndpoint(endpoint) || !isStanding(standing)) return []
  const unknownSince = time(saved['unknownSince'])
  const drainingSince = time(saved['drainingSince'])
  const failures = list(saved['failures']).filter((at) => typeof at === 'number')
  const held = { endpoint, standing, present: present === true, unknownSince, drainingSince, failures }
  return [[endpoint.server, held]]
}

type Fields = Readonly<Record<string, unknown>>

function isEndpoint(value: unknown): value is Endpoint {
  const { server, task, node, nodeName, zone, address, port, health } = fields(value)
  return (
    [server, task, node, nodeName, address, health].every((text) => typeof text === 'string') &&
    (zone === null || typeof zone === 'string') &&
    typeof port === 'number'
  )
}

const STANDINGS: readonly Standing[] = ['serving', 'failing', 'recovering', 'draining', 'leaving', 'starting']

function isStanding(value: unknown): value is Standing {
  return STANDINGS.some((standing) => standing === value)
}

function time(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {}
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
