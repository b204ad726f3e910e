import { asyncScheduler, merge, Subject, Subscription, tap } from 'rxjs'
import type { SchedulerLike } from 'rxjs'
import { instanceOfRegistration, registrationOfCheck } from '../model/names.ts'
import type { Policy } from '../model/policy.ts'
import type { HeldRegistration } from '../model/registration.ts'
import type { ServiceKey } from '../model/service.ts'
import type { NodeReport, ServiceStatus } from '../model/status.ts'
import type { ClusterSnapshot } from '../model/cluster.ts'
import { instancesById } from './plan/lookup.ts'
import { movingWorkloads } from './plan/moving.ts'
import { identicalItems, sameContent } from '../lib/same.ts'
import { boundedFrequency } from '../loop/bounded-frequency.ts'
import { recordEvents } from './event-recorder.ts'
import { swarmLooks } from './looks.ts'
import type { Log } from '../lib/log.ts'
import type { ControllerPorts } from './ports.ts'
import { accept, goneInstances, isSettled, owesSecondLook } from './state.ts'
import type { ControllerSettings, ControllerState } from './state.ts'
import { statuses, writeStatuses } from './statuses.ts'
import { consulAgentAddress, withoutConsulAgent, workConsulAgent, workPolicies } from './work.ts'
import { afterSilence, inTurn } from '../loop/resync.ts'
import { reconcileKeyed } from '../loop/reconcile-keyed.ts'
import { done, retryAfter } from '../loop/outcome.ts'
import type { Outcome } from '../loop/outcome.ts'
import { decodePoliciesInForce, POLICIES } from '../store/policies.ts'
import { NODE_REPORTS } from '../store/reports.ts'
import { STATUSES } from '../store/statuses.ts'

/** ms between observations, at least. */
const APART = 50
/** More checks than this failing at once are no matter of single services. */
const MANY = 20
const BACKOFF = { first: 200, max: 10_000 }
const CONCURRENCY = 16
/** ms in which each key is compared with the world again, and ms between two of them. */
const RESYNC = { all: 5000, least: 1000, most: 5000 }

type Key = 'policies' | 'status' | 'events' | `agent/${string}`

export interface ControllerOptions {
  readonly scheduler?: SchedulerLike
  readonly random?: () => number
}

/**
 * The controller's loop: observe, plan, carry out, report. Acts only beside the Swarm leader. Returns a subscription
 * that stops it; stopping changes nothing in the world.
 */
export function runController(
  ports: ControllerPorts,
  settings: ControllerSettings,
  log: Log,
  { scheduler = asyncScheduler, random = Math.random }: ControllerOptions = {},
): Subscription {
  const { kv } = ports
  const looks = swarmLooks(ports, scheduler, random)
  const keys = new Subject<Key>()
  const registered = new Map<string, readonly HeldRegistration[]>()
  const written = new Map<ServiceKey, ServiceStatus>()
  const recorder = recordEvents(kv, log)
  let standby = true
  let lastVerdict = ''
  let heldSince: number | null = null
  let state: ControllerState | null = null
  let failing: ReadonlySet<string> = new Set()
  let reports: readonly NodeReport[] = []
  let statusesInDoubt = false

  const addressOf = (snapshot: ClusterSnapshot, nodeId: string): string | null => {
    const { consulAgent, control } = settings.deployment
    return consulAgentAddress(snapshot, nodeId, consulAgent, control)
  }

  const agentOf = (snapshot: ClusterSnapshot, nodeId: string) => {
    const address = addressOf(snapshot, nodeId)
    return address === null ? null : ports.consulAgent(address)
  }

  /** What the controller before this one left: read whole before anything is planned from it. */
  const takeOver = async (snapshot: ClusterSnapshot): Promise<Map<ServiceKey, Policy>> => {
    const policies = decodePoliciesInForce(await kv.read(POLICIES.prefix))
    for (const [key, status] of STATUSES.decode(await kv.read(STATUSES.prefix)).entries)
      written.set(key, status)
    await askAgents(snapshot)
    return policies
  }

  /** What is registered at each agent that answers. */
  const askAgents = (snapshot: ClusterSnapshot) =>
    Promise.allSettled(
      snapshot.nodes.map(async ({ id }) => {
        const agent = agentOf(snapshot, id)
        if (agent !== null) registered.set(id, await agent.registered())
      }),
    )

  const yieldLead = (): void => {
    if (!standby) log.info({}, 'standing by: another node leads the Swarm')
    standby = true
    state = null
    heldSince = null
    registered.clear()
    written.clear()
    recorder.forget()
  }

  const observe = async (): Promise<void> => {
    const look = await looks.look(state?.snapshot ?? null)
    if (look === null) return yieldLead()
    const { snapshot, isComplete } = look
    if (standby) log.info({ node: snapshot.self }, 'acting: this node leads the Swarm')
    standby = false
    if (snapshot === state?.snapshot && isSettled(state) && heldSince === null)
      return looks.askAgain(movingWorkloads(snapshot))
    const known = state?.known ?? (await takeOver(snapshot))
    const heldFor = heldSince === null ? 0 : scheduler.now() - heldSince
    const judged = () => {
      const now = scheduler.now()
      return accept(state, known, snapshot, { registered, failing, heldFor, now, isComplete }, settings)
    }
    let next = judged()
    if (next.verdict.kind === 'held') {
      // Agents may have lost what they held, and be found at new addresses in this very observation.
      await askAgents(snapshot)
      next = judged()
    }
    heldSince = next.verdict.kind === 'held' ? (heldSince ?? scheduler.now()) : null
    if (next.verdict.kind !== lastVerdict && next.verdict.kind !== 'accepted')
      log.error(next.verdict, 'observation refused')
    lastVerdict = next.verdict.kind
    if (next.verdict.kind !== 'accepted' || next.state === null) {
      if (next.verdict.kind === 'incoherent') looks.askAgain([null])
      return
    }
    const before = state
    state = next.state
    recorder.learn([...known.values(), ...state.known.values()])
    if (state.mostAbsentSince !== null && (before?.mostAbsentSince ?? null) === null)
      log.error(
        { missing: state.plan.absent.size, inForce: known.size },
        'most specs are gone: doubted for a while',
      )
    hint(before, next.state)
    looks.askAgain(movingWorkloads(snapshot))
    if (owesSecondLook(next.state)) looks.askAgain([null])
  }

  const hint = (before: ControllerState | null, now: ControllerState): void => {
    const areSomeGone = goneInstances(now).size > 0
    for (const [nodeId, registrations] of now.plan.registrations) {
      const same = before?.plan.registrations.get(nodeId) === registrations
      const sameAgent =
        before !== null && addressOf(before.snapshot, nodeId) === addressOf(now.snapshot, nodeId)
      if (!same || !sameAgent || areSomeGone) keys.next(`agent/${nodeId}`)
    }
    if (!identicalItems([...(before?.plan.policies.values() ?? [])], [...now.plan.policies.values()]))
      keys.next('policies')
    keys.next('status')
  }

  const resync = (key: Key): void => {
    if (key === 'status') statusesInDoubt = true
    keys.next(key)
  }

  const resyncKeys = (): Key[] => {
    const agents = [...(state?.plan.registrations.keys() ?? [])]
    return state === null ? [] : [...agents.map((nodeId): Key => `agent/${nodeId}`), 'policies', 'status']
  }

  /** A check that newly fails tells of a crash before the Swarm does. */
  const suspect = (now: ReadonlySet<string>): void => {
    const news = [...now].filter((check) => !failing.has(check))
    failing = now
    keys.next('status')
    if (state === null || news.length > MANY) return
    const tasks = instancesById(state.snapshot)
    for (const check of news) {
      const workloadId = tasks.get(instanceOfRegistration(registrationOfCheck(check)))?.workloadId
      if (workloadId !== undefined) looks.ask(workloadId)
    }
  }

  const workStatus = async (current: ControllerState): Promise<Outcome> => {
    const before = new Map(written)
    const facts = { registered, failing, reports }
    const wanted = statuses(current, facts, written, settings, scheduler.now())
    try {
      await writeStatuses(kv, written, wanted, statusesInDoubt ? await kv.read(STATUSES.prefix) : null)
      statusesInDoubt = false
    } finally {
      recorder.noteStatuses(before, written)
      if (recorder.isDue(scheduler.now())) keys.next('events')
    }
    return done
  }

  const work = async (key: Key): Promise<Outcome> => {
    const current = state
    if (current === null) return done
    if (looks.isStale()) return retryAfter(1000, 'who leads was last asked too long ago to act on')
    if (key === 'policies')
      return await workPolicies(kv, current, scheduler.now(), log, (entry) => recorder.notePolicy(entry))
    if (key === 'events') return await recorder.write(scheduler.now())
    if (key === 'status') return await workStatus(current)
    const nodeId = key.slice('agent/'.length)
    const agent = agentOf(current.snapshot, nodeId)
    if (agent === null) return withoutConsulAgent(current.snapshot, nodeId)
    const before = registered.get(nodeId)
    const after = await workConsulAgent(
      agent,
      nodeId,
      () => state,
      log,
      (step) => recorder.noteStep(step, hostname(current.snapshot, nodeId)),
    )
    if (after === null || state === null) return done
    registered.set(nodeId, after)
    if (!sameContent(before, after)) keys.next('status')
    return done
  }

  const observations$ = boundedFrequency(looks.due, observe, {
    minInterval: APART,
    maxInterval: Number.POSITIVE_INFINITY,
    retryInterval: 1000,
    scheduler,
    random,
    onError: (error) => log.error({ err: error }, 'observation failed: nothing is planned from it'),
  })
  const resyncs$ = merge(
    inTurn(resyncKeys, { ...RESYNC, scheduler, random }),
    afterSilence(resyncKeys, ports.silent),
  ).pipe(tap(resync))
  const facts$ = merge(
    ports.failing.pipe(tap(suspect)),
    ports.reports.pipe(
      tap((entries) => {
        reports = [...NODE_REPORTS.decode(entries).entries.values()]
        keys.next('status')
      }),
    ),
  )
  const reconciled$ = reconcileKeyed(keys, work, {
    keyOf: (key) => key,
    concurrency: CONCURRENCY,
    backoff: BACKOFF,
    scheduler,
    random,
  })

  const running = new Subscription()
  running.add(
    reconciled$.subscribe(({ key, outcome, attempt, nextInMs }) => {
      if (outcome.kind === 'retry') log.warn({ key, reason: outcome.reason, attempt, nextInMs }, 'retry')
    }),
  )
  running.add(merge(observations$, resyncs$, facts$).subscribe())
  looks.ask(null)
  return running
}

function hostname({ nodes }: ClusterSnapshot, nodeId: string): string {
  return nodes.find(({ id }) => id === nodeId)?.hostname ?? nodeId
}
