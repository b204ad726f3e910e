import { asyncScheduler, concat, defer, filter, ignoreElements, map, Subject, Subscription, tap } from 'rxjs'
import type { Observable, SchedulerLike, Unsubscribable } from 'rxjs'
import { changes } from './view/changes.ts'
import type { Self } from './locality/locality.ts'
import { ownZone } from './plan/haproxies.ts'
import { readMemory, writeMemory } from './view/memory.ts'
import type { Memory } from './view/memory.ts'
import { planNode } from './plan/plan.ts'
import type { NodePlan } from './plan/plan.ts'
import { EMPTY_VIEW, isComplete } from './view/view.ts'
import { boundedFrequency } from '../loop/bounded-frequency.ts'
import type { Log } from '../lib/log.ts'
import type { NodePorts } from './ports.ts'
import { programHaproxy } from './programming.ts'
import { reportProgrammed } from './reports.ts'
import { followView } from './follow-view.ts'
import { messageOf } from '../lib/errors.ts'
import { sameContent } from '../lib/same.ts'

export type Identity = Pick<Self, 'node' | 'nodeName'>

export interface NodeOptions {
  readonly scheduler?: SchedulerLike
  /** In [0, 1), as Math.random. */
  readonly random?: () => number
}

/** ms: how often at most, how often anyway, and how soon after a failure. */
const DNS = { minInterval: 200, maxInterval: 5000, retryInterval: 2000 }
const MEMORY = { minInterval: 200, maxInterval: Number.POSITIVE_INFINITY, retryInterval: 5000 }

/** Unsubscribing stops it, which changes nothing in the world. */
export interface RunningProxy extends Unsubscribable {
  /** Keeps what is believed for a successor, at once. Rejects where that can't be written. */
  remember(): Promise<void>
}

/**
 * The node agent's loop: follow Consul, plan, program HAProxy and DNS, report. Nothing is programmed before Consul has answered everything once: until then, what a predecessor
 * left goes on. Only where HAProxy has no config at all it gets an empty one, to start with.
 */
export function runProxy(
  ports: NodePorts,
  identity: Identity,
  log: Log,
  { scheduler = asyncScheduler, random = Math.random }: NodeOptions = {},
): RunningProxy {
  const timing = { scheduler, random }
  const dnsHints = new Subject<unknown>()
  const memoryHints = new Subject<unknown>()
  let memory: Memory = { view: EMPTY_VIEW, zone: null }
  let remembered: string | null = null
  let plan: NodePlan | null = null

  const recall = async (): Promise<void> => {
    const text = await ports.memory.load()
    memory = (text === null ? null : readMemory(text)) ?? memory
    remembered = writeMemory(memory)
    log.info({ services: memory.view.policies.size, zone: memory.zone }, 'recalled')
    if (await ports.haproxy.isConfigured()) return
    // It is on disk even where HAProxy isn't there yet to take it.
    await ports.haproxy.programStructure({ http: {}, tcp: {} }, []).catch(() => null)
    log.info({}, 'first config written')
  }

  const plans = (): Observable<NodePlan> =>
    followView(ports, memory.view, scheduler).pipe(
      tap((view) => {
        for (const { event, fields } of changes(memory.view, view)) log.info(fields, event)
        const zone = ownZone(view, identity.node)
        memory = { view, zone: zone === undefined ? memory.zone : zone }
        memoryHints.next(null)
      }),
      filter((view) => plan !== null || isComplete(view)),
      map((view) => planNode(view, { ...identity, zone: memory.zone }, plan)),
      tap((next) => {
        if (plan === null) log.info({ services: next.services.size }, 'in sync with Consul')
        const isNews = !sameContent(plan?.hosts, next.hosts)
        plan = next
        if (isNews) dnsHints.next(null)
      }),
    )

  const programDns = async (): Promise<void> => {
    const changed = await ports.dns.program(plan?.hosts ?? null)
    if (changed.length > 0) log.info({ changed }, 'dns programmed')
  }

  const remember = async (): Promise<void> => {
    // Before it has recalled, it knows less than its predecessor did.
    if (remembered === null) return
    const text = writeMemory(memory)
    if (text !== remembered) await ports.memory.save(text)
    remembered = text
  }

  const failed = (event: string) => (error: unknown, nextInMs: number) =>
    log.warn({ reason: messageOf(error), nextInMs }, event)

  const running = new Subscription()
  running.add(
    boundedFrequency(dnsHints, programDns, {
      ...DNS,
      ...timing,
      onError: failed('dns could not be programmed'),
    }).subscribe(),
  )
  running.add(
    boundedFrequency(memoryHints, remember, {
      ...MEMORY,
      ...timing,
      onError: failed('not remembered'),
    }).subscribe(),
  )
  const states$ = defer(() => programHaproxy(plans(), ports.haproxy, log, timing))
  running.add(
    reportProgrammed(concat(defer(recall).pipe(ignoreElements()), states$), ports, timing).subscribe(
      ({ key, outcome, attempt, nextInMs }) => {
        if (outcome.kind === 'retry' && attempt === 1)
          log.warn({ key, reason: outcome.reason, nextInMs }, 'not reported')
      },
    ),
  )
  dnsHints.next(null)
  return { unsubscribe: () => running.unsubscribe(), remember }
}
