import { exhaustMap, map, merge, mergeMap, of, Subject, switchMap, tap, timer } from 'rxjs'
import type { Observable, SchedulerLike } from 'rxjs'
import { identicalItems } from '../lib/same.ts'
import { jittered } from '../loop/timing.ts'
import type { ClusterSnapshot, ObservedNodes } from '../model/cluster.ts'
import type { ControllerPorts } from './ports.ts'

/** ms between questions who leads. */
const LEADER_ASKED_EVERY = 5000
/**
 * ms between full observations when nothing moves, for each instance there is: what they cost grows
 * with these.
 */
const FULL_PER_INSTANCE = 4
/**
 * ms for which it is good to act on that this node leads: by then another one may, and know better.
 */
const LEAD_STALE_AFTER = 2 * LEADER_ASKED_EVERY
/** ms between looks at what is on its way to something. */
const MOVING_LOOKED_AT_EVERY = 200
/**
 * ms after an event at which it is looked again: what follows from it (a task's desired state, an
 * update's begin) is there only then, on a quiet manager some 25 ms later.
 */
const ECHOES = [50, 120, 250, 1000]

export interface Look {
  readonly snapshot: ClusterSnapshot
  /** Whether all was listed, and not only what some workloads have. */
  readonly isComplete: boolean
}

/**
 * What an observation is of: single workloads, the nodes and who leads before these, or everything.
 */
export type Scope = 'workloads' | 'nodes' | 'everything'

/** What the scope of the next observation depends on. */
export interface ScopeInput {
  /** The last observation; null if this node did not lead, or nothing was accepted yet. */
  readonly known: Pick<ClusterSnapshot, 'instances'> | null
  /** Whether a look at everything was asked for. */
  readonly everythingAsked: boolean
  /** Whether it is time to ask again who leads. */
  readonly nodesOverdue: boolean
  /** ms since the last observation of everything. */
  readonly sinceFull: number
}

/**
 * What to observe next. A node that does not know that it leads asks for the nodes first: another
 * one leads most of the time, and then the rest does not matter.
 */
export function scopeOf({ known, everythingAsked, nodesOverdue, sinceFull }: ScopeInput): Scope {
  if (known === null) return 'nodes'
  if (everythingAsked || sinceFull >= fullPeriod(known)) return 'everything'
  return nodesOverdue ? 'nodes' : 'workloads'
}

/** ms */
function fullPeriod({ instances }: Pick<ClusterSnapshot, 'instances'>): number {
  // A little less than the time of the next question who leads, which then is a full observation.
  return Math.max(0.9 * LEADER_ASKED_EVERY, FULL_PER_INSTANCE * instances.length)
}

/**
 * What of the cluster is to be looked at, and when. Nothing is due before `due` is subscribed to.
 */
export class Looks {
  /** Emits whenever something is due to be looked at. */
  readonly due: Observable<unknown>
  readonly #ports: Pick<ControllerPorts, 'observe' | 'observeNodes' | 'observeWorkloads'>
  readonly #scheduler: SchedulerLike
  readonly #requests = new Subject<{ readonly workloadId: string | null }>()
  readonly #requestsForLater = new Subject<null>()
  /** What is to be looked at again before long. */
  readonly #later = new Set<string | null>()
  readonly #leaderAsked = new Subject<null>()
  #workloadsAsked = new Set<string>()
  #everythingAsked = true
  #nodesOverdue = false
  #lastFull = Number.NEGATIVE_INFINITY
  #leaderAskedAt = Number.NEGATIVE_INFINITY

  constructor(
    ports: Pick<ControllerPorts, 'observe' | 'observeNodes' | 'observeWorkloads' | 'hints'>,
    scheduler: SchedulerLike,
    random: () => number,
  ) {
    this.#ports = ports
    this.#scheduler = scheduler
    const events$ = ports.hints.pipe(
      mergeMap((hint) => merge(of(hint), ...ECHOES.map((ms) => timer(ms, scheduler).pipe(map(() => hint))))),
    )
    // Looks at workloads in between must not put off the next question who leads.
    const nodesOverdue$ = this.#leaderAsked.pipe(
      switchMap(() => timer(jittered(LEADER_ASKED_EVERY, random), scheduler)),
      tap(() => (this.#nodesOverdue = true)),
    )
    // However many ask in the meantime: each look asks again, and more than one in flight would
    // beget ever more.
    const later$ = this.#requestsForLater.pipe(
      exhaustMap(() => timer(MOVING_LOOKED_AT_EVERY, scheduler)),
      mergeMap(() => this.#takeLater()),
    )
    const asked$ = merge(events$, this.#requests, later$).pipe(
      tap(({ workloadId }) => {
        if (workloadId === null) this.#everythingAsked = true
        else this.#workloadsAsked.add(workloadId)
      }),
    )
    this.due = merge(asked$, nodesOverdue$)
  }

  /** Asks for a look at one workload, or at everything for null, at once. */
  request(workloadId: string | null): void {
    this.#requests.next({ workloadId })
  }

  /** Asks for a look at these before long; null is everything. */
  requestLater(workloadIds: readonly (string | null)[]): void {
    if (workloadIds.length === 0) return
    for (const workloadId of workloadIds) this.#later.add(workloadId)
    this.#requestsForLater.next(null)
  }

  /**
   * Looks at what is due; null where another node leads: then the rest does not matter. Rejects as
   * the cluster does.
   */
  async look(known: ClusterSnapshot | null): Promise<Look | null> {
    const workloads = this.#workloadsAsked
    const scope = scopeOf({
      known,
      everythingAsked: this.#everythingAsked,
      nodesOverdue: this.#nodesOverdue,
      sinceFull: this.#scheduler.now() - this.#lastFull,
    })
    this.#workloadsAsked = new Set()
    this.#everythingAsked = false
    this.#nodesOverdue = false
    try {
      return await this.#observe(scope, known, workloads)
    } catch (error) {
      this.#everythingAsked = true
      throw error
    }
  }

  /** Whether who leads was last asked too long ago to act on. */
  isLeadStale(): boolean {
    return this.#scheduler.now() - this.#leaderAskedAt > LEAD_STALE_AFTER
  }

  async #observe(
    scope: Scope,
    known: ClusterSnapshot | null,
    workloads: ReadonlySet<string>,
  ): Promise<Look | null> {
    if (scope === 'everything') return await this.#observeEverything(known)
    if (scope === 'workloads' && known !== null) return await this.#observeWorkloads(known, workloads)
    const now = await this.#ports.observeNodes(known)
    this.#noteLeaderAsked()
    if (!now.acting) return null
    if (known === null) return await this.#observeEverything(null)
    return await this.#observeWorkloads(withNodes(known, now), workloads)
  }

  async #observeEverything(known: ClusterSnapshot | null): Promise<Look | null> {
    const snapshot = await this.#ports.observe(known)
    this.#lastFull = this.#scheduler.now()
    this.#noteLeaderAsked()
    return snapshot.acting ? { snapshot, isComplete: true } : null
  }

  async #observeWorkloads(known: ClusterSnapshot, workloads: ReadonlySet<string>): Promise<Look> {
    return { snapshot: await this.#ports.observeWorkloads(known, workloads), isComplete: false }
  }

  #noteLeaderAsked(): void {
    this.#leaderAskedAt = this.#scheduler.now()
    this.#leaderAsked.next(null)
  }

  #takeLater(): readonly { readonly workloadId: string | null }[] {
    const due = [...this.#later].map((workloadId) => ({ workloadId }))
    this.#later.clear()
    return due
  }
}

/** The very same where nothing is new: then nothing has to be planned anew. */
function withNodes(known: ClusterSnapshot, { nodes, self, acting }: ObservedNodes): ClusterSnapshot {
  const isSame = identicalItems(known.nodes, nodes) && known.self === self && known.acting === acting
  return isSame ? known : { ...known, nodes, self, acting }
}
