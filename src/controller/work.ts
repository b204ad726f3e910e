import { asServiceKey } from '../model/names.ts'
import { isTombstone } from '../model/policy.ts'
import type { Policy, Tombstone } from '../model/policy.ts'
import type { HeldRegistration } from '../model/registration.ts'
import type { ClusterSnapshot } from '../model/cluster.ts'
import { isUnreadable } from './plan/declaration.ts'
import { instancesById, instancesOf } from './plan/lookup.ts'
import type { Plan } from './plan/plan.ts'
import { consulSteps } from './plan/steps.ts'
import type { ConsulStep } from './plan/steps.ts'
import type { Log } from '../lib/log.ts'
import type { ConsulAgentPort, KvPort } from './ports.ts'
import { goneInstances } from './state.ts'
import type { ControllerState } from './state.ts'
import { done, retryAfter } from '../loop/outcome.ts'
import type { Outcome } from '../loop/outcome.ts'
import type { Deployment } from '../model/deployment.ts'
import { POLICIES } from '../store/policies.ts'
import { sourceText } from '../model/source.ts'
import { STATUSES } from '../store/statuses.ts'

/**
 * ms a tombstone stays, well beyond what a node agent can be away from Consul and come back
 * believing old policies.
 */
const TOMBSTONE_LIFETIME = 10 * 60_000

/** Stands in the place of a policy that nobody knows any more. */
const UNREADABLE = JSON.stringify({ unreadable: 'the newest spec has errors, and no good one is known' })

/** ms until a node without a Consul agent is looked at again. */
const CONSUL_AGENT_WAIT = 2000

/** Where work is told of as it proceeds. */
export interface Progress<T> {
  readonly log: Log
  /** Is called with each single thing once it is done. */
  readonly onDone: (what: T) => void
}

function execute(step: ConsulStep, agent: ConsulAgentPort): Promise<void> {
  switch (step.kind) {
    case 'register':
      return agent.register(step.registration, step.checkedAs)
    case 'drain':
      return agent.setMaintenance(step.id, step.reason)
    case 'resume':
      return agent.setMaintenance(step.id, null)
    case 'deregister':
      return agent.deregister(step.id)
  }
}

/** Drains first: a task that is to stop has three seconds left, a new one has nothing to lose. */
const ORDER: Readonly<Record<ConsulStep['kind'], number>> = {
  drain: 0,
  resume: 1,
  register: 2,
  deregister: 3,
}

/** Address of a node's Consul agent on the control network, null while none runs there. */
export function consulAgentAddress(
  snapshot: ClusterSnapshot,
  nodeId: string,
  { consulAgent, control }: Pick<Deployment, 'consulAgent' | 'control'>,
): string | null {
  const agent = instancesOf(snapshot, consulAgent).find((each) => each.nodeId === nodeId && each.up)
  return agent?.addresses[control] ?? null
}

/**
 * Brings one node's Consul agent to what the newest plan says, and returns what it then holds; null
 * if there is no plan by the time that the agent has answered.
 */
export async function workConsulAgent(
  agent: ConsulAgentPort,
  nodeId: string,
  newest: () => ControllerState | null,
  { log, onDone }: Progress<ConsulStep>,
): Promise<readonly HeldRegistration[] | null> {
  const registered = await agent.registered()
  const state = newest()
  if (state === null) return null
  const { unreadable } = state.plan
  const instances = instancesById(state.snapshot)
  const evidence = { instances, absentBefore: goneInstances(state), unreadable }
  const desired = state.plan.registrations.get(nodeId)
  // A list that lacks the node says nothing of what runs there.
  if (desired === undefined) return registered
  const steps = consulSteps(desired, registered, evidence)
  if (steps.length === 0) return registered
  for (const step of steps.toSorted((a, b) => ORDER[a.kind] - ORDER[b.kind])) {
    await execute(step, agent)
    log.info({ node: nodeId, ...summary(step) }, step.kind)
    onDone(step)
  }
  return await agent.registered()
}

function summary(step: ConsulStep): object {
  switch (step.kind) {
    case 'register': {
      const { id, service, address, port } = step.registration
      return { id, service, address, port }
    }
    case 'resume':
      return { id: step.id }
    case 'drain':
    case 'deregister':
      return { id: step.id, reason: step.reason }
  }
}

/**
 * Writes the policies that changed; puts a tombstone where one is no longer declared, and sweeps
 * old tombstones.
 */
export async function workPolicies(
  kv: KvPort,
  { plan }: ControllerState,
  now: number,
  { log, onDone }: Progress<Policy | Tombstone>,
): Promise<Outcome> {
  const texts = await kv.read(POLICIES.prefix)
  const { entries: actual } = POLICIES.decode(texts)
  await markUnreadable(kv, plan, texts, now)
  for (const policy of plan.policies.values()) {
    const entry = actual.get(policy.key)
    if (entry !== undefined && !isTombstone(entry) && entry.revision === policy.revision) continue
    await kv.put(POLICIES.key(policy.key), POLICIES.encode(policy))
    log.info({ service: policy.key, revision: policy.revision, source: sourceText(policy.source) }, 'policy')
    onDone(policy)
  }
  for (const entry of actual.values()) {
    if (plan.policies.has(entry.key)) continue
    if (!isTombstone(entry)) {
      const tombstone: Tombstone = { key: entry.key, deleted: new Date(now).toISOString() }
      await kv.put(POLICIES.key(entry.key), POLICIES.encode(tombstone))
      await kv.delete(STATUSES.key(entry.key))
      log.info({ service: entry.key }, 'policy deleted')
      onDone(tombstone)
    } else if (now - Date.parse(entry.deleted) > TOMBSTONE_LIFETIME) await kv.delete(POLICIES.key(entry.key))
  }
  return done
}

/**
 * Where nobody knows what a service was, and Consul has nothing of it either, the node agents may:
 * they keep what they have as long as the entry is there and no policy.
 */
async function markUnreadable(
  kv: KvPort,
  plan: Plan,
  texts: ReadonlyMap<string, string>,
  now: number,
): Promise<void> {
  const unreadable = new Set(plan.declarations.filter(isUnreadable).map(({ key }) => POLICIES.key(key)))
  for (const path of unreadable) if (!texts.has(path)) await kv.put(path, UNREADABLE)
  const kept = new Set([...unreadable, ...[...plan.policies.keys()].map((key) => POLICIES.key(key))])
  for (const [path, text] of texts) {
    const key = asServiceKey(path.slice(POLICIES.prefix.length))
    if (text !== UNREADABLE || kept.has(path) || key === null) continue
    await kv.put(path, POLICIES.encode({ key, deleted: new Date(now).toISOString() }))
  }
}

/**
 * The outcome for a node that has no Consul agent to talk to. A dead node is left alone until it is
 * back.
 */
export function withoutConsulAgent(snapshot: ClusterSnapshot, nodeId: string): Outcome {
  const node = snapshot.nodes.find(({ id }) => id === nodeId)
  return node?.status === 'ready'
    ? retryAfter(CONSUL_AGENT_WAIT, 'no Consul agent runs on the node yet')
    : done
}
