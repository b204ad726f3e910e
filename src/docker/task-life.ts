/**
 * What Docker's two states of a task, the one it has and the one Swarm wants it in, say in the
 * words of the model.
 */
import { oneOf } from '../lib/unknown.ts'
import type { Instance, Phase } from '../model/cluster.ts'

/** Docker's names for a task's states, in their order of life. */
const TASK_STATES = [
  'new',
  'allocated',
  'pending',
  'assigned',
  'accepted',
  'preparing',
  'ready',
  'starting',
  'running',
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
] as const

export type TaskState = (typeof TASK_STATES)[number]

const TERMINAL: ReadonlySet<TaskState> = new Set([
  'complete',
  'shutdown',
  'failed',
  'rejected',
  'remove',
  'orphaned',
])

/** Whether a task in this state will never run again. */
export function isTerminal(state: TaskState): boolean {
  return TERMINAL.has(state)
}

/**
 * A state this doesn't know reads as `new`: nothing is done about such a task, neither good nor
 * bad.
 */
export function toTaskState(state: string | null | undefined): TaskState {
  return oneOf(TASK_STATES, state) ?? 'new'
}

/** What of a task its life is read from. */
export interface TaskFacts {
  /** What Swarm wants it to be. */
  readonly desired: TaskState
  readonly state: TaskState
  readonly nodeId: string | null
  readonly error: string
}

/**
 * Where a task is in its life. A task of a job, which is to be `complete`, stops as soon as it has
 * started.
 */
export function lifeOf(task: TaskFacts): Pick<Instance, 'phase' | 'why' | 'wanted' | 'up' | 'moving'> {
  const { desired, state } = task
  const phase = phaseOf(desired, state)
  return {
    phase,
    why: whyOf(phase, desired, state),
    wanted: desired === 'running',
    up: state === 'running',
    moving: isOnItsWay(task),
  }
}

function phaseOf(desired: TaskState, state: TaskState): Phase {
  if (isTerminal(state)) return 'ended'
  if (isTerminal(desired)) return 'stopping'
  return state === 'running' ? 'running' : 'starting'
}

function whyOf(phase: Phase, desired: TaskState, state: TaskState): string {
  if (phase === 'ended') return `the task is ${state}`
  return phase === 'stopping' ? `Swarm wants the task ${desired}` : ''
}

/** Whether Swarm will bring the task to another state by itself. */
function isOnItsWay({ desired, state, nodeId, error }: TaskFacts): boolean {
  // A job: running is what it should do.
  if (desired === 'complete') return !isTerminal(state) && state !== 'running'
  // A task that failed and was replaced ends here, too: once it has stopped it is history.
  if (isTerminal(desired)) return !isTerminal(state)
  // No node has room for it.
  if (nodeId === null && error !== '') return false
  // `ready` is where Swarm keeps the successor of a task until it may start.
  return desired !== 'running' || state !== 'running'
}
