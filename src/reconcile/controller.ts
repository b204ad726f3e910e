import { asyncScheduler, map, merge, mergeMap, of, Subject, Subscription, switchMap, tap, timer } from 'rxjs'
import type { SchedulerLike } from 'rxjs'
import { KV_SERVICE_STATUS, KV_SERVICES } from '../model/names.ts'
import type { Policy } from '../model/policy.ts'
import type { RegisteredInstance } from '../model/registration.ts'
import type { ServiceKey } from '../model/service.ts'
import type { ProxyReport, ServiceStatus } from '../model/status.ts'
import type { SwarmSnapshot } from '../model/swarm.ts'
import { leads } from '../plan/leader.ts'
import { movingServices } from '../plan/moving.ts'
import { boundedFrequency } from './bounded-frequency.ts'
import { recordEvents } from './controller-events.ts'
import type { ControllerPorts, Log } from './controller-ports.ts'
import { accept, owesSecondLook, readPolicies } from './controller-state.ts'
import type { ControllerSettings, ControllerState } from './controller-state.ts'
import { readReports, readStatuses, statuses, writeStatuses } from './controller-status.ts'
import { agentAddress, withoutAgent, workAgent, workPolicies } from './controller-work.ts'
import { reconcileKeyed } from './keyed.ts'
import { done, retryAfter } from './outcome.ts'
import type { Outcome } from './outcome.ts'

/** ms between observations while anything moves, and between full ones when nothing does. */
const RELIST = { moving: 200, full: 5000 }
/** ms for which an observation is good to act on: by then another manager may lead, and know better. */
const STALE = 2 * RELIST.full
/** ms after an event at which it is looked again: what follows from it (a task's desired state, an update's begin) is there only then. */
const ECHOES = [250, 1000]
/** ms between full comparisons with every agent and the KV store: how soon a wiped Consul is noticed. */
const RESYNC = 5000
const BACKOFF = { first: 200, max: 10_000 }
const CONCURRENCY = 16

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
  const lookAgain = new Subject<{ readonly serviceId: string | null }>()
  const fullLooks = new Subject<null>()
  const keys = new Subject<Key>()
  const registered = new Map<string, readonly RegisteredInstance[]>()
  const written = new Map<ServiceKey, ServiceStatus>()
  const recorder = recordEvents(kv, log)
  let hinted = new Set<string>()
  let full = true
  let lastFull = Number.NEGATIVE_INFINITY
  let standby = true
  let lastVerdict = ''
  let heldSince: number | null = null
  let state: ControllerState | null = null
  let failing: ReadonlySet<string> = new Set()
  let reports: readonly ProxyReport[] = []
  let statusesInDoubt = false

  const look = async (): Promise<SwarmSnapshot> => {
    const services = hinted
    const everything = full || state === null
    hinted = new Set()
    full = false
    try {
      if (!everything && state !== null) return await ports.observeServices(state.snapshot, services)
      const snapshot = await ports.observe(state?.snapshot ?? null)
      lastFull = scheduler.now()
      fullLooks.next(null)
      return snapshot
    } catch (error) {
      full = true
      throw error
    }
  }

  const addressOf = (snapshot: SwarmSnapshot, nodeId: string): string | null => {
    const { consulAgent, control } = settings.deployment
    return agentAddress(snapshot, nodeId, consulAgent, control)
  }

  const agentOf = (snapshot: SwarmSnapshot, nodeId: string) => {
    const address = addressOf(snapshot, nodeId)
    return address === null ? null : ports.agent(address)
  }

  /** What the controller before this one left: read whole before anything is planned from it. */
  const takeOver = async (snapshot: SwarmSnapshot): Promise<Map<ServiceKey, Policy>> => {
    const policies = readPolicies(await kv.read(KV_SERVICES))
    for (const [key, status] of readStatuses(await kv.read(KV_SERVICE_STATUS))) written.set(key, status)
    await askAgents(snapshot)
    return policies
  }

  /** What is registered at each agent that answers. */
  const askAgents = (snapshot: SwarmSnapshot) =>
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
    const snapshot = await look()
    if (!leads(snapshot)) return yieldLead()
    if (standby) log.info({ node: snapshot.self }, 'acting: this node leads the Swarm')
    standby = false
    const known = state?.known ?? (await takeOver(snapshot))
    const heldFor = heldSince === null ? 0 : scheduler.now() - heldSince
    const judged = () => {
      const now = scheduler.now()
      return accept(state, known, snapshot, { registered, failing, heldFor, now }, settings)
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
      if (next.verdict.kind === 'incoherent') lookAgain.next({ serviceId: null })
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
    for (const serviceId of movingServices(snapshot)) lookAgain.next({ serviceId })
    if (owesSecondLook(next.state)) lookAgain.next({ serviceId: null })
  }

  const hint = (before: ControllerState | null, now: ControllerState): void => {
    for (const [nodeId, registrations] of now.plan.registrations) {
      const same = sameContent(before?.plan.registrations.get(nodeId), registrations)
      const sameAgent =
        before !== null && addressOf(before.snapshot, nodeId) === addressOf(now.snapshot, nodeId)
      if (!same || !sameAgent || now.absentTasksBefore.size > 0) keys.next(`agent/${nodeId}`)
    }
    if (!sameContent([...(before?.plan.policies.values() ?? [])], [...now.plan.policies.values()]))
      keys.next('policies')
    keys.next('status')
  }

  const resync = (): void => {
    if (state === null) return
    for (const nodeId of state.plan.registrations.keys()) keys.next(`agent/${nodeId}`)
    keys.next('policies')
    statusesInDoubt = true
    keys.next('status')
  }

  const workStatus = async (current: ControllerState): Promise<Outcome> => {
    const before = new Map(written)
    const facts = { registered, failing, reports }
    const wanted = statuses(current, facts, written, settings, scheduler.now())
    try {
      await writeStatuses(kv, written, wanted, statusesInDoubt ? await kv.read(KV_SERVICE_STATUS) : null)
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
    if (scheduler.now() - lastFull > STALE)
      return retryAfter(1000, 'the last observation is too old to act on')
    if (key === 'policies')
      return await workPolicies(kv, current, scheduler.now(), log, (entry) => recorder.notePolicy(entry))
    if (key === 'events') return await recorder.write(scheduler.now())
    if (key === 'status') return await workStatus(current)
    const nodeId = key.slice('agent/'.length)
    const agent = agentOf(current.snapshot, nodeId)
    if (agent === null) return withoutAgent(current.snapshot, nodeId)
    const before = registered.get(nodeId)
    const after = await workAgent(
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

  const events$ = ports.hints.pipe(
    mergeMap((event) => merge(of(event), ...ECHOES.map((ms) => timer(ms, scheduler).pipe(map(() => event))))),
  )
  // Partial looks in between must not put off the next full one.
  const overdue$ = fullLooks.pipe(
    switchMap(() => timer(RELIST.full * (0.9 + random() / 5), scheduler)),
    map(() => ({ serviceId: null })),
  )
  const hints$ = merge(events$, overdue$, lookAgain).pipe(
    tap(({ serviceId }) => {
      if (serviceId === null) full = true
      else hinted.add(serviceId)
    }),
  )
  const observations$ = boundedFrequency(hints$, observe, {
    minInterval: RELIST.moving,
    maxInterval: Number.POSITIVE_INFINITY,
    retryInterval: 1000,
    scheduler,
    random,
    onError: (error) => log.error({ err: error }, 'observation failed: nothing is planned from it'),
  })
  const resyncs$ = boundedFrequency(new Subject(), () => Promise.resolve(resync()), {
    minInterval: 0,
    maxInterval: RESYNC,
    retryInterval: RESYNC,
    scheduler,
    random,
  })
  const facts$ = merge(
    ports.failing.pipe(tap((ids) => (failing = ids))),
    ports.reports.pipe(tap((entries) => (reports = readReports(entries)))),
  ).pipe(tap(() => keys.next('status')))
  const reconciled$ = reconcileKeyed(keys, work, {
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
  lookAgain.next({ serviceId: null })
  return running
}

function hostname({ nodes }: SwarmSnapshot, nodeId: string): string {
  return nodes.find(({ id }) => id === nodeId)?.hostname ?? nodeId
}

/** Plans are made of plain data in a stable order, so equal content has equal JSON. */
function sameContent(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
