import { exhaustMap, map, merge, mergeMap, of, Subject, switchMap, tap, timer } from 'rxjs'
import type { Observable, SchedulerLike } from 'rxjs'
import { identicalItems } from '../lib/same.ts'
import type { ClusterSnapshot, ObservedNodes } from '../model/cluster.ts'
import type { ControllerPorts } from './ports.ts'
import { jittered } from '../loop/timing.ts'

/** ms between questions who leads. */
const ASK_NODES = 5000
/** ms between full observations when nothing moves, for each task there is: what they cost grows with these. */
const FULL_PER_TASK = 4
/** ms for which it is good to act on that this node leads: by then another one may, and know better. */
const STALE = 2 * ASK_NODES
/** ms between looks at what is on its way to something. */
const AGAIN = 200
/**
 * ms after an event at which it is looked again: what follows from it (a task's desired state, an update's begin) is there only then,
 * on a quiet manager some 25 ms later.
 */
const ECHOES = [50, 120, 250, 1000]

interface Look {
  readonly snapshot: ClusterSnapshot
  /** Whether all was listed, and not only what some services have. */
  readonly isComplete: boolean
}

/** What of the Swarm is to be looked at, and when. */
export interface SwarmLooks {
  /** Whenever something is due to be looked at. */
  readonly due: Observable<unknown>
  /** Asks for a look at one service, or at everything for null, at once. */
  ask(workloadId: string | null): void
  /** Asks for another look at these before long. */
  askAgain(workloadIds: readonly (string | null)[]): void
  /** Looks at what is due; null where another node leads: then the rest does not matter. Rejects as the Swarm does. */
  look(known: ClusterSnapshot | null): Promise<Look | null>
  /** Whether who leads was last asked too long ago to act on. */
  isStale(): boolean
}

/** Nothing is due before `due` is subscribed to. */
export function swarmLooks(
  ports: Pick<ControllerPorts, 'observe' | 'observeNodes' | 'observeWorkloads' | 'hints'>,
  scheduler: SchedulerLike,
  random: () => number,
): SwarmLooks {
  const asked = new Subject<{ readonly workloadId: string | null }>()
  const askedAgain = new Subject<null>()
  const awaited = new Set<string | null>()
  const heard = new Subject<null>()
  let hinted = new Set<string>()
  let full = true
  let overdue = false
  let lastFull = Number.NEGATIVE_INFINITY
  let lastHeard = Number.NEGATIVE_INFINITY

  const hear = (): void => {
    lastHeard = scheduler.now()
    heard.next(null)
  }

  const events$ = ports.hints.pipe(
    mergeMap((event) => merge(of(event), ...ECHOES.map((ms) => timer(ms, scheduler).pipe(map(() => event))))),
  )
  // Looks at services in between must not put off the next question who leads.
  const overdue$ = heard.pipe(
    switchMap(() => timer(jittered(ASK_NODES, random), scheduler)),
    tap(() => (overdue = true)),
  )
  // However many ask in the meantime: each look asks again, and more than one in flight would beget ever more.
  const again$ = askedAgain.pipe(
    exhaustMap(() => timer(AGAIN, scheduler)),
    mergeMap(() => {
      const due = [...awaited].map((workloadId) => ({ workloadId }))
      awaited.clear()
      return due
    }),
  )
  const looks$ = merge(events$, asked, again$).pipe(
    tap(({ workloadId }) => {
      if (workloadId === null) full = true
      else hinted.add(workloadId)
    }),
  )

  return {
    due: merge(looks$, overdue$),
    ask: (workloadId) => asked.next({ workloadId }),
    askAgain(workloadIds) {
      if (workloadIds.length === 0) return
      for (const workloadId of workloadIds) awaited.add(workloadId)
      askedAgain.next(null)
    },
    async look(known) {
      const [services, everything, nodes] = [hinted, full, overdue]
      hinted = new Set()
      full = false
      overdue = false
      try {
        const isFresh = known !== null && !everything && scheduler.now() - lastFull < fullPeriod(known)
        if (isFresh && !nodes) return part(await ports.observeWorkloads(known, services))
        if (isFresh || known === null) {
          const now = await ports.observeNodes(known)
          hear()
          if (!now.acting) return null
          if (known !== null) return part(await ports.observeWorkloads(share(known, now), services))
        }
        const snapshot = await ports.observe(known)
        lastFull = scheduler.now()
        hear()
        return snapshot.acting ? { snapshot, isComplete: true } : null
      } catch (error) {
        full = true
        throw error
      }
    },
    isStale: () => scheduler.now() - lastHeard > STALE,
  }
}

function part(snapshot: ClusterSnapshot): Look {
  return { snapshot, isComplete: false }
}

/** ms */
function fullPeriod({ instances }: ClusterSnapshot): number {
  // A little less than the time of the next question who leads, which then is a full observation.
  return Math.max(0.9 * ASK_NODES, FULL_PER_TASK * instances.length)
}

/** The very same where nothing is new: then nothing has to be planned anew. */
function share(known: ClusterSnapshot, { nodes, self, acting }: ObservedNodes): ClusterSnapshot {
  const isSame = identicalItems(known.nodes, nodes) && known.self === self && known.acting === acting
  return isSame ? known : { ...known, nodes, self, acting }
}
