/** How far applied specs have come, as the controller's statuses tell. */
import { map, startWith, takeUntil, takeWhile, timer } from 'rxjs'
import type { Observable } from 'rxjs'
import type { ServiceKey } from '../model/service.ts'
import type { Condition, ConditionType, ServiceStatus } from '../model/status.ts'
import { sameSource } from '../model/source.ts'
import type { Source } from '../model/source.ts'

export interface AppliedSpec {
  readonly key: ServiceKey
  /**
   * Where the controller reads it, as its status says then. Each version of a spec has a source of
   * its own.
   */
  readonly source: Source
}

/**
 * - `ready`: it is programmed, and its tasks are ready.
 * - `refused`: the controller does not accept it; the condition says why.
 * - `waiting`: the condition is not met yet; null while no status speaks of this version.
 */
export type Progress =
  | { readonly kind: 'ready' }
  | { readonly kind: 'refused'; readonly condition: Condition }
  | { readonly kind: 'waiting'; readonly condition: Condition | null }

const AWAITED: readonly ConditionType[] = ['Accepted', 'Programmed', 'Ready']

/** A status that speaks of another version of the spec says nothing of this one. */
function progressOf({ source }: AppliedSpec, status: ServiceStatus | undefined): Progress {
  if (status === undefined || !sameSource(status.source, source)) return { kind: 'waiting', condition: null }
  const unmet = AWAITED.flatMap((type) => {
    const condition = status.conditions.find((each) => each.type === type)
    return condition === undefined || condition.status === 'True' ? [] : [condition]
  })
  const [first] = unmet
  if (first === undefined) return { kind: 'ready' }
  const isRefused = first.type === 'Accepted' && first.status === 'False'
  return { kind: isRefused ? 'refused' : 'waiting', condition: first }
}

/**
 * The progress of each spec, at first and with every change of a status. Completes when all are
 * ready, one is refused, or `timeout` ms are over: then the last progress is what has come of it.
 */
export function followProgress(
  statuses: Observable<ReadonlyMap<ServiceKey, ServiceStatus>>,
  specs: readonly AppliedSpec[],
  timeout: number,
): Observable<ReadonlyMap<ServiceKey, Progress>> {
  return statuses.pipe(
    startWith<ReadonlyMap<ServiceKey, ServiceStatus>>(new Map()),
    map((known) => new Map(specs.map((spec) => [spec.key, progressOf(spec, known.get(spec.key))]))),
    takeWhile((progress) => !isOver([...progress.values()]), true),
    takeUntil(timer(timeout)),
  )
}

function isOver(progress: readonly Progress[]): boolean {
  return progress.every(({ kind }) => kind === 'ready') || progress.some(({ kind }) => kind === 'refused')
}
