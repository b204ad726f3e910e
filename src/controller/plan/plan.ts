/**
 * The plan: what the Consul agents and the policies should be, from what is declared and what was observed.
 * Pure: the same input gives the same plan. It decides and never acts; carrying out is the controller's.
 */
import type { Deployment } from '../../model/deployment.ts'
import { serviceKey } from '../../model/names.ts'
import type { Policy } from '../../model/policy.ts'
import type { Registration } from '../../model/registration.ts'
import type { ServiceKey } from '../../model/service.ts'
import type { ClusterSnapshot } from '../../model/cluster.ts'
import { settleClaims } from './claims.ts'
import type { Claims } from './claims.ts'
import { declare } from './declare.ts'
import { isUnreadable } from './declaration.ts'
import type { Declaration } from './declaration.ts'
import { policyOf } from './policy.ts'
import { desiredRegistrations } from './registrations.ts'
import type { Registrations } from './registrations.ts'
import { shareFields, shareList } from '../../lib/share.ts'
import { byAge } from '../../lib/order.ts'

export interface PlanInput {
  readonly snapshot: ClusterSnapshot
  /** Policies in force, from the plan before or from Consul's KV. */
  readonly known: ReadonlyMap<ServiceKey, Policy>
  /** Services that the observation before this one did not declare either. */
  readonly absentBefore: ReadonlySet<ServiceKey>
  readonly deployment: Deployment
  /**
   * The plan before this one, for the same deployment, domain and own hosts: what did not change is the same object in
   * both. Null for the first.
   */
  readonly before: Plan | null
  /** Base domain, for example `127.0.0.1.nip.io`. */
  readonly domain: string
  /** Hosts that Shoal itself answers, which no service can have. */
  readonly ownHosts: readonly string[]
}

export interface Plan {
  readonly declarations: readonly Declaration[]
  readonly claims: readonly Claims[]
  readonly policies: ReadonlyMap<ServiceKey, Policy>
  /** By node ID. */
  readonly registrations: ReadonlyMap<string, readonly Registration[]>
  /** The same by service. */
  readonly byService: Registrations['ofServices']
  /** Workloads whose spec can't be read, and whose last good one nobody knows. */
  readonly unreadable: ReadonlySet<string>
  /** Services in force that nothing declares in this observation. */
  readonly absent: ReadonlySet<ServiceKey>
}

/** Plans from one complete observation. A service that vanished is kept until a second observation agrees. */
export function makePlan(input: PlanInput): Plan {
  const { snapshot, known, absentBefore, deployment, before } = input
  const declared = declare(snapshot, known, deployment.mesh)
  const keys = new Set(declared.map((declaration) => declaration.key))
  const absent = [...known.values()].filter((policy) => !keys.has(policy.key))
  const kept = absent.filter((policy) => !absentBefore.has(policy.key)).map(keep)
  const declarations = shareDeclarations([...declared, ...kept].toSorted(byAge), before)
  const claims = claimsOf(declarations, input)
  const policies = new Map(
    claims
      .filter(({ backends }) => backends.length > 0)
      .map((claim) => [claim.declaration.key, policyFor(claim, before)]),
  )
  const { ofNodes, ofServices } = desiredRegistrations(snapshot, claims, deployment, before)
  return {
    declarations,
    claims,
    policies,
    registrations: ofNodes,
    byService: ofServices,
    unreadable: new Set(declarations.flatMap(unreadableWorkload)),
    absent: new Set(absent.map(({ key }) => key)),
  }
}

function shareDeclarations(now: readonly Declaration[], before: Plan | null): readonly Declaration[] {
  const known = new Map(before?.declarations.map((declaration) => [declaration.key, declaration]))
  return shareList(
    before?.declarations,
    now.map((declaration) => shareFields(known.get(declaration.key), declaration)),
  )
}

/** Services compete for names and ports: where any declaration changed, all are settled anew. */
function claimsOf(
  declarations: readonly Declaration[],
  { domain, ownHosts, before }: Pick<PlanInput, 'domain' | 'ownHosts' | 'before'>,
): readonly Claims[] {
  if (declarations === before?.declarations) return before.claims
  const known = new Map(before?.claims.map((claim) => [claim.declaration.key, claim]))
  return settleClaims(declarations, domain, ownHosts).map((claim) =>
    shareFields(known.get(claim.declaration.key), claim),
  )
}

function policyFor(claim: Claims, before: Plan | null): Policy {
  const { key } = claim.declaration
  const known = before?.byService.get(key)?.from === claim ? before.policies.get(key) : undefined
  return known ?? policyOf(claim)
}

/** Such a workload is declared, though nobody can tell as what. */
function unreadableWorkload(declaration: Declaration): string[] {
  const { source } = declaration
  return isUnreadable(declaration) && source.kind !== 'config' ? [source.service] : []
}

function keep({ spec, source, createdAt }: Policy): Declaration {
  return { key: serviceKey(spec), spec, source, specSource: source, createdAt, problems: [], earlier: null }
}
