import type { HeldEndpoint } from './endpoints.ts'
import type { View } from './view.ts'
import { sourceText } from '../../model/source.ts'

/** Something that happened, for the log. */
export interface Change {
  readonly event: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** What one view believes that the one before it did not, one entry for each thing. */
export function changes(before: View, after: View): readonly Change[] {
  return [...policyChanges(before, after), ...endpointChanges(before, after)]
}

function policyChanges(before: View, after: View): Change[] {
  const found: Change[] = []
  for (const [service, { inForce, absentSince }] of after.policies) {
    const old = before.policies.get(service)
    const revision = inForce?.revision
    if (inForce !== null && revision !== old?.inForce?.revision) {
      found.push({
        event: 'policy in force',
        fields: { service, revision, source: sourceText(inForce.source) },
      })
    }
    if (absentSince !== null && (old?.absentSince ?? null) === null) {
      found.push({ event: 'policy missing: kept for a while', fields: { service, revision } })
    }
    if (absentSince === null && (old?.absentSince ?? null) !== null) {
      found.push({ event: 'policy is back', fields: { service, revision } })
    }
  }
  for (const service of before.policies.keys()) {
    if (!after.policies.has(service)) found.push({ event: 'policy gone', fields: { service } })
  }
  for (const [service, reason] of after.malformed) {
    if (before.malformed.get(service) !== reason) {
      found.push({ event: 'policy ignored', fields: { service, reason } })
    }
  }
  return found
}

function endpointChanges(before: View, after: View): Change[] {
  const found: Change[] = []
  for (const service of new Set([...before.endpoints.keys(), ...after.endpoints.keys()])) {
    const old = before.endpoints.get(service)
    const now = after.endpoints.get(service)
    for (const [server, held] of now ?? []) {
      const was = old?.get(server)
      if (was === undefined || was.standing !== held.standing || isUnknown(was) !== isUnknown(held)) {
        found.push({
          event: 'endpoint',
          fields: { service, server, ...facts(held), from: was?.standing ?? null },
        })
      }
    }
    for (const [server, { standing }] of old ?? []) {
      if (now?.has(server) !== true) {
        found.push({ event: 'endpoint gone', fields: { service, server, from: standing } })
      }
    }
  }
  return found
}

function facts(held: HeldEndpoint): Record<string, unknown> {
  const { endpoint, standing, present } = held
  const { address, port, nodeName, health } = endpoint
  const kept = isUnknown(held) ? { kept: true, present } : {}
  return { standing, health, address: `${address}:${port}`, node: nodeName, ...kept }
}

function isUnknown({ unknownSince }: HeldEndpoint): boolean {
  return unknownSince !== null
}
