/**
 * The plan: what the Consul agents and the policies should be, from what is declared and what was observed.
 * Pure: the same input gives the same plan. It decides and never acts; carrying out is the controller's.
 */
import { serviceKey } from '../model/names.ts'
import type { Policy } from '../model/policy.ts'
import type { Registration } from '../model/registration.ts'
import type { ServiceKey } from '../model/service.ts'
import type { SwarmSnapshot } from '../model/swarm.ts'
import { settleClaims } from './claims.ts'
import type { Claims } from './claims.ts'
import { byAge } from './declaration.ts'
import { declare } from './declare.ts'
import type { Declaration } from './declaration.ts'
import { policyOf } from './policy.ts'
import { desiredRegistrations } from './registrations.ts'
import type { Deployment } from './registrations.ts'

export interface PlanInput {
  readonly snapshot: SwarmSnapshot
  /** Policies in force, from the plan before or from Consul's KV. */
  readonly known: ReadonlyMap<ServiceKey, Policy>
  /** Services that the observation before this one did not declare either. */
  readonly absentBefore: ReadonlySet<ServiceKey>
  readonly deployment: Deployment
  /** Base domain, for example `127.0.0.1.nip.io`. */
  readonly domain: string
  /** Hosts that Shoal itself answers. */
  readonly ownHosts?: readonly string[]
}

export interface Plan {
  readonly declarations: readonly Declaration[]
  readonly claims: readonly Claims[]
  readonly policies: ReadonlyMap<ServiceKey, Policy>
  /** By node ID. */
  readonly registrations: ReadonlyMap<string, readonly Registration[]>
  /** Services in force that nothing declares in this observation. */
  readonly absent: ReadonlySet<ServiceKey>
}

/** Plans from one complete observation. A service that vanished is kept until a second observation agrees. */
export function makePlan({
  snapshot,
  known,
  absentBefore,
  deployment,
  domain,
  ownHosts = [],
}: PlanInput): Plan {
  const declared = declare(snapshot, known, deployment.mesh)
  const keys = new Set(declared.map((declaration) => declaration.key))
  const absent = [...known.values()].filter((policy) => !keys.has(policy.key))
  const kept = absent.filter((policy) => !absentBefore.has(policy.key)).map(keep)
  const declarations = [...declared, ...kept].toSorted(byAge)
  const claims = settleClaims(declarations, domain, ownHosts)
  const policies = new Map(
    claims
      .filter(({ backends }) => backends.length > 0)
      .map((claim) => [claim.declaration.key, policyOf(claim)]),
  )
  const registrations = desiredRegistrations(snapshot, claims, deployment)
  return { declarations, claims, policies, registrations, absent: new Set(absent.map(({ key }) => key)) }
}

function keep({ spec, source, createdAt }: Policy): Declaration {
  return { key: serviceKey(spec), spec, source, specSource: source, createdAt, problems: [] }
}
