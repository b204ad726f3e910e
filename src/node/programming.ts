import { asyncScheduler, defer, EMPTY, merge, Observable, repeat, Subject, switchMap, tap, timer } from 'rxjs'
import type { SchedulerLike } from 'rxjs'
import type { Backend } from '../model/backend.ts'
import type { Refusal } from '../model/haproxy.ts'
import type { Frontends } from '../model/listener.ts'
import type { NodePlan } from './plan/plan.ts'
import { shareFields } from '../lib/share.ts'
import type { Programmed } from './plan/report.ts'
import { boundedFrequency } from '../loop/bounded-frequency.ts'
import type { Log } from '../lib/log.ts'
import { reconcileKeyed } from '../loop/reconcile-keyed.ts'
import { done, retryAfter } from '../loop/outcome.ts'
import type { Outcome } from '../loop/outcome.ts'
import type { HaproxyPort } from './ports.ts'
import { nextRemoval, retire, stillLeft } from './retired.ts'
import type { Retired } from './retired.ts'
import { messageOf } from '../lib/errors.ts'

/** ms after a reload and after another look at the structure, for each backend and at least, until the next; and until a failed one is tried again. */
const STRUCTURE = { apart: 1000, lookApart: 100, lookApartEach: 1, retry: 1000 }
/**
 * ms in which all is compared with what HAProxy really has, and ms between two backends at least and at most. Comparing the structure goes through
 * all files: that costs as much as some ms for each backend would.
 */
const VERIFY = { all: 5000, each: 100, most: 2500, structureEach: 25 }
/** ms: HAProxy restarts within a second. */
const BACKOFF = { first: 100, max: 2000 }
/** ms until servers with requests in flight are looked at again. */
const REMOVAL_WAIT = 500

export interface ProgrammedPlan {
  readonly plan: NodePlan
  readonly programmed: Programmed
}

export interface ProgrammingOptions {
  readonly scheduler?: SchedulerLike
  readonly random?: () => number
}

/**
 * Brings HAProxy to the newest plan and keeps it there: servers, weights and states of each backend as soon as they change, structure
 * at most once a second, and both are compared with what HAProxy really has every few seconds, so that a restarted or altered
 * one is put right. Says after each step how far the newest plan is carried out. Does nothing before the first plan.
 */
export function programHaproxy(
  plans$: Observable<NodePlan>,
  haproxy: HaproxyPort,
  log: Log,
  { scheduler = asyncScheduler, random = Math.random }: ProgrammingOptions = {},
): Observable<ProgrammedPlan> {
  return new Observable<ProgrammedPlan>((subscriber) => {
    let plan: NodePlan | null = null
    let structure = ''
    /** By name; one that is as it was is the same object. */
    let wanted: ReadonlyMap<string, Backend> = new Map()
    let loaded: string | null = null
    /** What of each backend and listener HAProxy has loaded. */
    let loadedParts: ReadonlySet<string> = new Set()
    let retired: Retired = new Map()
    let justReloaded = false
    let refusals: readonly Refusal[] = []
    let lost: string | null = null
    /** As last carried out. */
    const programmed = new Map<string, Backend>()
    const structureHints = new Subject<unknown>()
    const removals = new Subject<unknown>()
    const backendHints = new Subject<string>()
    const exclusively = inTurn()
    let turn = 0

    const tell = (): void => {
      if (plan === null) return
      const upToDate = [...wanted].filter(([name, backend]) => programmed.get(name) === backend)
      const backends = new Set(upToDate.map(([name]) => name))
      const state = { structure: loaded === structure, backends, refusals }
      subscriber.next({ plan, programmed: state })
    }

    const adopt = (next: NodePlan): void => {
      const before = wanted
      const known = structure
      plan = next
      structure = structureOf(next)
      wanted = new Map(
        [...next.backends].map(([name, { backend }]) => [name, shareFields(before.get(name), backend)]),
      )
      retired = retire(retired, before, wanted, scheduler.now())
      for (const name of programmed.keys()) if (!wanted.has(name)) programmed.delete(name)
      for (const [name, backend] of wanted) if (before.get(name) !== backend) backendHints.next(name)
      if (known !== structure) structureHints.next(null)
      tell()
    }

    /** What is left of retired backends beside those planned: nothing where there has to be a reload anyway. */
    const withRetired = ({ frontends }: NodePlan, planned: readonly Backend[]) => {
      const left = [...stillLeft(retired, scheduler.now()).values()]
      const kept = left.map(({ backend }) => backend)
      const parts = partsOf(frontends, [...planned, ...kept])
      if (parts.symmetricDifference(loadedParts).size === 0) return { left, kept, parts }
      return { left: [], kept: [], parts: partsOf(frontends, planned) }
    }

    /** The newest plan is read in its turn: what waited for a reload is carried out as it is by then. */
    const programStructure = async (): Promise<void> => {
      if (plan === null) return
      const now = structure
      const planned = [...plan.backends.values()].map(({ backend }) => backend)
      const { left, kept, parts } = withRetired(plan, planned)
      const goes = new Set([...retired.values()].filter((each) => !left.includes(each)))
      justReloaded = true
      const outcome = await reached(haproxy.programStructure(plan.frontends, [...planned, ...kept]))
      justReloaded = outcome.reloaded
      loaded = now
      loadedParts = parts
      retired = new Map([...retired].filter(([, each]) => !goes.has(each)))
      removals.next(null)
      if (outcome.reloaded) {
        log.info({ backends: planned.length }, 'haproxy reloaded')
        for (const { name } of planned) backendHints.next(name)
      }
      for (const refusal of outcome.refused) {
        const known = refusals.some(
          ({ file, complaint }) => file === refusal.file && complaint === refusal.complaint,
        )
        if (!known) log.error({ ...refusal }, 'haproxy refused a part of its config')
      }
      refusals = outcome.refused
      tell()
    }

    const programBackend = async (name: string): Promise<Outcome> => {
      const backend = wanted.get(name)
      if (backend === undefined) return done
      const outcome = await reached(haproxy.programBackend(backend))
      if (outcome.kind === 'unknown') {
        programmed.delete(name)
        const isRefused = refusals.some((refusal) => refusal.backend === name)
        if (!isRefused) structureHints.next(null)
        return isRefused ? done : retryAfter(STRUCTURE.apart, 'HAProxy has to be reloaded first')
      }
      const isNews = programmed.get(name) !== backend
      programmed.set(name, backend)
      if (isNews) tell()
      if (outcome.kind === 'programmed') return done
      return retryAfter(REMOVAL_WAIT, `requests in flight on ${outcome.servers.join(', ')}`)
    }

    const reached = async <T>(call: Promise<T>): Promise<T> => {
      try {
        const result = await call
        if (lost !== null) log.info({}, 'haproxy answers again')
        lost = null
        return result
      } catch (error) {
        const reason = messageOf(error)
        if (lost !== reason) log.warn({ reason }, 'haproxy could not be programmed')
        lost = reason
        throw error
      }
    }

    // One after the other: news need not queue behind all of them.
    const verifyNext = (): void => {
      const names = [...wanted.keys()]
      turn = (turn + 1) % Math.max(1, names.length)
      const name = names[turn]
      if (name !== undefined) backendHints.next(name)
    }
    const verify$ = defer(() => {
      const ms = Math.min(VERIFY.most, Math.max(VERIFY.each, VERIFY.all / Math.max(1, wanted.size)))
      return timer(ms, scheduler)
    }).pipe(repeat(), tap(verifyNext))
    const structure$ = boundedFrequency(structureHints, () => exclusively(programStructure), {
      minInterval: () =>
        justReloaded ? STRUCTURE.apart : Math.max(STRUCTURE.lookApart, STRUCTURE.lookApartEach * wanted.size),
      maxInterval: () => Math.max(VERIFY.all, VERIFY.structureEach * wanted.size),
      retryInterval: STRUCTURE.retry,
      scheduler,
      random,
    })
    const backends$ = reconcileKeyed(backendHints, (name) => exclusively(() => programBackend(name)), {
      keyOf: (name) => name,
      concurrency: 1,
      backoff: BACKOFF,
      scheduler,
      random,
    })
    const removals$ = removals.pipe(
      switchMap(() => {
        const ms = nextRemoval(retired, scheduler.now())
        return ms === null ? EMPTY : timer(ms, scheduler)
      }),
      tap(structureHints),
    )
    subscriber.add(
      merge(structure$, backends$, verify$, removals$).subscribe({
        error: (error: unknown) => subscriber.error(error),
      }),
    )
    subscriber.add(plans$.subscribe({ next: adopt, error: (error: unknown) => subscriber.error(error) }))
  })
}

/** Runs what it is given one after the other. */
function inTurn(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const result = last.then(work)
    last = result.catch(() => null)
    return result
  }
}

/** What a reload is for, a text each: backends but for their servers, and listeners. */
function partsOf({ http, tcp }: Frontends, backends: readonly Backend[]): ReadonlySet<string> {
  return new Set([
    ...Object.keys(http).map((port) => `http ${port}`),
    ...Object.entries(tcp).map(([port, name]) => `tcp ${port} ${name}`),
    ...backends.map((backend) => JSON.stringify(fixed(backend))),
  ])
}

/** All of a plan but the servers. Plans are made in a fixed order, so equal ones have equal texts. */
function structureOf({ frontends, backends }: NodePlan): string {
  return JSON.stringify([frontends, [...backends.values()].map(({ backend }) => fixed(backend))])
}

function fixed({ name, service, protocol, timeout, drain }: Backend): readonly unknown[] {
  return [name, service, protocol, timeout, drain]
}
