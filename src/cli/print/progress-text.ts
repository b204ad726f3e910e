import type { ServiceKey } from '../../model/service.ts'
import type { Condition } from '../../model/status.ts'
import { formatDuration } from '../../spec/duration.ts'
import type { Progress } from '../../views/progress.ts'

type ProgressByKey = ReadonlyMap<ServiceKey, Progress>

/**
 * Says of each progress, one after the other, which services have come further or wait for
 * something else than before.
 */
export function progressTeller(): (progress: ProgressByKey) => readonly string[] {
  const told = new Map<ServiceKey, string>()
  return (progress) =>
    [...progress].flatMap(([key, each]) => {
      const stage = stageOf(each)
      if (told.get(key) === stage) return []
      told.set(key, stage)
      return lineOf(key, each)
    })
}

/** What makes a progress worth a line: numbers in messages alone are none. */
function stageOf(progress: Progress): string {
  if (progress.kind === 'ready') return progress.kind
  return `${progress.kind} ${progress.condition?.type} ${progress.condition?.reason}`
}

/** What it is refused for, and what was never judged, is told at the end. */
function lineOf(key: ServiceKey, progress: Progress): string[] {
  if (progress.kind === 'ready') return [`service ${key} is ready`]
  if (progress.kind === 'refused' || progress.condition === null) return []
  return [`service ${key} waits: ${conditionText(progress.condition)}`]
}

/** Why not all is well at the end, a line a service; empty if it is. `timeout` is in ms. */
export function shortcomings(progress: ProgressByKey, timeout: number): string[] {
  const all = [...progress]
  const refused = all.flatMap(([key, each]) =>
    each.kind === 'refused' ? [`service ${key} is refused: ${conditionText(each.condition)}`] : [],
  )
  if (refused.length > 0) return refused
  return all.flatMap(([key, each]) =>
    each.kind === 'waiting'
      ? [`service ${key} is not ready after ${formatDuration(timeout)}: ${lackOf(each.condition)}`]
      : [],
  )
}

function lackOf(condition: Condition | null): string {
  return condition === null ? 'no controller has judged this version of it' : conditionText(condition)
}

/** `Programmed=False Programming: 2 of 3 proxies` */
export function conditionText({ type, status, reason, message }: Condition): string {
  return `${type}=${status} ${reason}: ${message}`
}
