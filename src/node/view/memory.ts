/**
 * What a node agent leaves to its successor on the node: without it a restart in the middle of a
 * grace would take what is kept for what is gone, and unchecked endpoints for new ones.
 */
import type { Endpoint } from '../../model/endpoint.ts'
import { asServiceKey } from '../../model/names.ts'
import type { HeldEndpoint } from './endpoints.ts'
import { readPolicy } from '../../store/policies.ts'
import type { ServiceKey } from '../../model/service.ts'
import type { HeldPolicy } from './policies.ts'
import { lastLoss } from './silence.ts'
import { EMPTY_VIEW } from './view.ts'
import type { View } from './view.ts'
import { asList, asNumber, asObject, asText, oneOf, parseJson } from '../../lib/unknown.ts'
import type { JsonObject } from '../../lib/unknown.ts'
import { STANDINGS } from '../../model/endpoint.ts'

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
  const saved = asObject(parseJson(text))
  if (saved['form'] !== FORM) return null
  const policies = asList(saved['policies']).flatMap((each): [ServiceKey, HeldPolicy][] => {
    const { policy, absentSince } = asObject(each)
    const key = asServiceKey(asText(asObject(policy)['key']))
    // Checked as thoroughly as one from Consul.
    const inForce = key === null ? null : readPolicy(policy, key)
    if (key === null || inForce === null) return []
    return [[key, { inForce, next: null, absentSince: asNumber(absentSince) }]]
  })
  const endpoints = asList(saved['endpoints']).map((each): [string, Map<string, HeldEndpoint>] => {
    const { service, held } = asObject(each)
    return [String(service), new Map(asList(held).flatMap((item) => heldEndpoint(asObject(item))))]
  })
  const zone = saved['zone']
  const recalled = { ...EMPTY_VIEW, policies: new Map(policies), endpoints: new Map(endpoints) }
  // The time in which there was no node agent counts for no grace, nor does the silence before it.
  const view = { ...recalled, silentSince: asNumber(saved['silentSince']) ?? lastLoss(recalled) }
  return { zone: typeof zone === 'string' ? zone : null, view }
}

function heldEndpoint(saved: JsonObject): [string, HeldEndpoint][] {
  const { endpoint, present } = saved
  const standing = saved['standing'] === FORMER_STARTING ? 'starting' : oneOf(STANDINGS, saved['standing'])
  if (!isEndpoint(endpoint) || standing === undefined) return []
  const unknownSince = asNumber(saved['unknownSince'])
  const drainingSince = asNumber(saved['drainingSince'])
  const failures = asList(saved['failures']).filter((at) => typeof at === 'number')
  const held = { endpoint, standing, present: present === true, unknownSince, drainingSince, failures }
  return [[endpoint.server, held]]
}

function isEndpoint(value: unknown): value is Endpoint {
  const { server, task, node, nodeName, zone, address, port, health } = asObject(value)
  return (
    [server, task, node, nodeName, address, health].every((text) => typeof text === 'string') &&
    (zone === null || typeof zone === 'string') &&
    typeof port === 'number'
  )
}

/** The word of the version before this one. */
const FORMER_STARTING = 'waiting'
