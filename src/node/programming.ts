import { EMPTY, merge, Subject, Subscription, switchMap, tap, timer } from 'rxjs'
import type { Observable } from 'rxjs'
import { structureKey } from '../haproxy/structure-key.ts'
import type { Log } from '../lib/log.ts'
import { sameContent } from '../lib/same.ts'
import { shareFields } from '../lib/share.ts'
import { boundedFrequency } from '../loop/bounded-frequency.ts'
import { done, retryAfter } from '../loop/outcome.ts'
import type { Outcome } from '../loop/outcome.ts'
import { reconcileKeyed } from '../loop/reconcile-keyed.ts'
import { inTurn } from '../loop/resync.ts'
import type { Timing } from '../loop/timing.ts'
import type { Backend } from '../model/backend.ts'
import type { Refusal } from '../model/haproxy.ts'
import { HaproxyLink } from './haproxy-link.ts'
import type { NodePlan } from './plan/plan.ts'
import type { Programmed } from './plan/report.ts'
import type { HaproxyPort } from './ports.ts'
import { backendsToLoad, nextRemoval, retire } from './retired.ts'
import type { Retired, Structure } from './retired.ts'

/**
 * ms between two programmings of the structure: after a reload; after one without, at least and for
 * each backend; after one that failed.
 */
const STRUCTURE = { apart: 1000, lookApart: 100, lookApartEach: 1, retry: 1000 }
/**
 * ms in which each backend is compared with what HAProxy has, and ms between two of them at least
 * and at most; ms between two comparisons of the structure, for each backend, as each is a file.
 */
const VERIFY = { all: 5000, least: 100, most: 2500, structureEach: 25 }
/** ms between tries while HAProxy does not answer: it restarts within a second. */
const BACKOFF = { first: 100, max: 2000 }
/** ms until another try to remove a server that had requests in flight. */
const REMOVAL_WAIT = 500

export interface ProgrammedPlan {
  readonly plan: NodePlan
  readonly programmed: Programmed
}

/** For people who look into a running node agent. */
export interface ProgrammingSnapshot {
  /** Whether HAProxy has the plan's listeners and backends; null before the first plan. */
  readonly structure: boolean | null
  /** Backends of the plan: whether HAProxy has their servers as planned. */
  readonly backends: Readonly<Record<string, boolean>>
  /** Backends that HAProxy still has though nothing leads to them. */
  readonly retired: readonly string[]
  readonly refusals: readonly Refusal[]
  /** Why HAProxy could not be reached the last time; null if it could. */
  readonly lost: string | null
}

/**
 * Brings HAProxy to the newest plan and keeps it there: servers, weights and states of each backend
 * as soon as they change, structure at most once a second, and both are compared with what HAProxy
 * really has every few seconds, so that a restarted or altered one is put right.
 */
export class HaproxyProgramming {
  readonly #link: HaproxyLink
  readonly #log: Log
  readonly #timing: Timing
  readonly #running = new Subscription()
  readonly #states = new Subject<ProgrammedPlan>()
  readonly #structureHints = new Subject<unknown>()
  readonly #backendHints = new Subject<string>()
  readonly #removals = new Subject<unknown>()
  #plan: NodePlan | null = null
  #wanted: Structure = { key: '', listeners: [], backends: [] }
  /** By name; one that is as it was is the same object. */
  #backends: ReadonlyMap<string, Backend> = new Map()
  /** What was wanted when HAProxy last took the structure. */
  #carriedOut: Structure | null = null
  /** What takes a reload of what HAProxy has loaded, retired backends with it. */
  #loadedKey: string | null = null
  #justReloaded = false
  #retired: Retired = new Map()
  #refusals: readonly Refusal[] = []
  /** Backends by name, as last carried out. */
  readonly #programmed = new Map<string, Backend>()

  constructor(haproxy: HaproxyPort, log: Log, timing: Timing) {
    this.#link = new HaproxyLink(haproxy, log)
    this.#log = log
    this.#timing = timing
  }

  /** After each step, how far the newest plan is carried out. Fails if the plans do. */
  get states(): Observable<ProgrammedPlan> {
    return this.#states
  }

  /** Does nothing before the first plan. */
  start(plans: Observable<NodePlan>): void {
    const error = (cause: unknown): void => this.#states.error(cause)
    this.#running.add(
      merge(this.#structureRuns(), this.#backendRuns(), this.#verification(), this.#removalTimes()).subscribe(
        {
          error,
        },
      ),
    )
    this.#running.add(plans.subscribe({ next: (plan) => this.#adopt(plan), error }))
  }

  /** Resolves once no call to HAProxy is in flight. */
  async stop(): Promise<void> {
    this.#running.unsubscribe()
    await this.#link.idle()
  }

  snapshot(): ProgrammingSnapshot {
    const backends = [...this.#backends].map(([name]): [string, boolean] => [name, this.#isProgrammed(name)])
    return {
      structure: this.#plan === null ? null : this.#hasStructure(),
      backends: Object.fromEntries(backends),
      retired: [...this.#retired.keys()],
      refusals: this.#refusals,
      lost: this.#link.lost,
    }
  }

  #structureRuns(): Observable<unknown> {
    const run = () => this.#link.inTurn(() => this.#programStructure())
    return boundedFrequency(this.#structureHints, run, {
      minInterval: () =>
        this.#justReloaded
          ? STRUCTURE.apart
          : Math.max(STRUCTURE.lookApart, STRUCTURE.lookApartEach * this.#backends.size),
      maxInterval: () => Math.max(VERIFY.all, VERIFY.structureEach * this.#backends.size),
      retryInterval: STRUCTURE.retry,
      ...this.#timing,
    })
  }

  /** One at a time, so that the structure has to wait for one of them at most. */
  #backendRuns(): Observable<unknown> {
    const run = (name: string) => this.#link.inTurn(() => this.#programBackend(name))
    const options = { keyOf: (name: string) => name, concurrency: 1, backoff: BACKOFF, ...this.#timing }
    return reconcileKeyed(this.#backendHints, run, options)
  }

  #verification(): Observable<unknown> {
    return inTurn(() => [...this.#backends.keys()], { ...VERIFY, ...this.#timing }).pipe(
      tap((name) => this.#backendHints.next(name)),
    )
  }

  #removalTimes(): Observable<unknown> {
    const { scheduler } = this.#timing
    return this.#removals.pipe(
      switchMap(() => {
        const ms = nextRemoval(this.#retired, scheduler.now())
        return ms === null ? EMPTY : timer(ms, scheduler)
      }),
      tap(this.#structureHints),
    )
  }

  #adopt(plan: NodePlan): void {
    const before = this.#backends
    this.#plan = plan
    this.#backends = new Map(
      [...plan.backends].map(([name, { backend }]) => [name, shareFields(before.get(name), backend)]),
    )
    this.#retired = retire(this.#retired, before, this.#backends, this.#timing.scheduler.now())
    for (const name of this.#programmed.keys()) if (!this.#backends.has(name)) this.#programmed.delete(name)
    for (const [name, backend] of this.#backends) {
      if (before.get(name) !== backend) this.#backendHints.next(name)
    }
    const known = this.#wanted
    const [listeners, backends] = [plan.listeners, [...this.#backends.values()]]
    this.#wanted = { listeners, backends, key: structureKey(listeners, backends) }
    if (!isSame(known, this.#wanted)) this.#structureHints.next(null)
    this.#tell()
  }

  /**
   * The newest plan is read in its turn: what waited for a reload is carried out as it is by then.
   */
  async #programStructure(): Promise<void> {
    if (this.#plan === null) return
    const wanted = this.#wanted
    const now = this.#timing.scheduler.now()
    const { backends, key, without } = backendsToLoad(wanted, this.#retired, this.#loadedKey, now)
    this.#justReloaded = true
    const { reloaded, refused } = await this.#link.programStructure(wanted.listeners, backends)
    this.#justReloaded = reloaded
    this.#carriedOut = wanted
    this.#loadedKey = key
    this.#retired = new Map([...this.#retired].filter(([, each]) => !without.has(each)))
    this.#removals.next(null)
    if (reloaded) {
      this.#log.info({ backends: wanted.backends.length }, 'haproxy reloaded')
      for (const { name } of wanted.backends) this.#backendHints.next(name)
    }
    this.#takeRefusals(refused)
    this.#tell()
  }

  #takeRefusals(refused: readonly Refusal[]): void {
    for (const refusal of refused) {
      const isKnown = this.#refusals.some(
        ({ file, complaint }) => file === refusal.file && complaint === refusal.complaint,
      )
      if (!isKnown) this.#log.error({ ...refusal }, 'haproxy refused a part of its config')
    }
    this.#refusals = refused
  }

  async #programBackend(name: string): Promise<Outcome> {
    const backend = this.#backends.get(name)
    if (backend === undefined) return done
    const outcome = await this.#link.programBackend(backend)
    if (outcome.kind === 'unknown') {
      this.#programmed.delete(name)
      const isRefused = this.#refusals.some((refusal) => refusal.backend === name)
      if (!isRefused) this.#structureHints.next(null)
      return isRefused ? done : retryAfter(STRUCTURE.apart, 'HAProxy has to be reloaded first')
    }
    const isNews = this.#programmed.get(name) !== backend
    this.#programmed.set(name, backend)
    if (isNews) this.#tell()
    if (outcome.kind === 'programmed') return done
    return retryAfter(REMOVAL_WAIT, `requests in flight on ${outcome.servers.join(', ')}`)
  }

  #tell(): void {
    if (this.#plan === null) return
    const backends = new Set([...this.#backends.keys()].filter((name) => this.#isProgrammed(name)))
    const programmed = { structure: this.#hasStructure(), backends, refusals: this.#refusals }
    this.#states.next({ plan: this.#plan, programmed })
  }

  #isProgrammed(name: string): boolean {
    const backend = this.#backends.get(name)
    return backend !== undefined && this.#programmed.get(name) === backend
  }

  #hasStructure(): boolean {
    return this.#carriedOut !== null && isSame(this.#carriedOut, this.#wanted)
  }
}

/** Routes are in it too: they take no reload, but are brought to HAProxy with the structure. */
function isSame(a: Structure, b: Structure): boolean {
  return a.key === b.key && sameContent(a.listeners, b.listeners)
}
