/**
 * Every reason a condition can have, with what it means. Tests and docs name these codes, never the
 * messages.
 */
export const REASONS = {
  Accepted: 'The newest spec is valid and in force.',
  InvalidSpec: 'The newest spec has errors; the last good version, if there was one, stays in force.',
  HostConflict:
    'An older service, or Shoal’s dashboards, hold a host that this one asks for; the rest of the spec is in force.',
  PortConflict: 'An older service holds a port that this one asks for; its other ports are in force.',
  NameConflict: 'An older service holds the name; nothing of this one is in force.',
  TasksFound: 'The selector matches tasks on the mesh network.',
  NoSuchService: 'No Swarm service has the name that the selector asks for.',
  NoTasks: 'The Swarm service has no task that should run.',
  NotOnMesh: 'The Swarm service has tasks, but they are not attached to the mesh network.',
  Registered: 'Every task is registered at the Consul agent of its node.',
  Registering: 'Some tasks are not registered yet.',
  Programmed: 'Every proxy has the newest policy.',
  Programming: 'Some proxies have not reported the newest policy yet.',
  Refused: 'A HAProxy refused the configuration; the one before it stays in force.',
  Ready: 'Every task that should serve passes its health check.',
  Degraded: 'Some tasks fail their health check; the others serve.',
  Unavailable: 'No task passes its health check: requests get 503.',
  ScaledToZero: 'The service is scaled to zero: requests get 503.',
} as const

/** Stands for a reason that another version of Shoal wrote and this one does not know. */
const UNKNOWN_REASON = 'UnknownReason'

export type Reason = keyof typeof REASONS | typeof UNKNOWN_REASON

/** Every reason an event can have beyond those of conditions, likewise. */
export const EVENT_REASONS = {
  PolicyChanged: 'The proxies were given a new version of the service.',
  PolicyDeleted: 'Nothing declares the service any more; the proxies were told to drop it.',
  TaskRegistered: 'A task was registered at the Consul agent of its node, or its registration changed.',
  TaskDraining: 'A task gets no new requests; those in flight finish.',
  TaskResumed: 'A task that was draining gets requests again.',
  TaskDeregistered: 'A task was taken out of Consul.',
} as const

export type EventReason = Reason | keyof typeof EVENT_REASONS

/** Reasons that somebody should look at. */
export const WARNINGS: ReadonlySet<EventReason> = new Set<EventReason>([
  'InvalidSpec',
  'HostConflict',
  'PortConflict',
  'NameConflict',
  'NoSuchService',
  'NotOnMesh',
  'Refused',
  'Degraded',
  'Unavailable',
])

/** The reason of a condition that this code stands for. */
export function asReason(code: string): Reason {
  return isIn(REASONS, code) ? code : UNKNOWN_REASON
}

/** The reason of an event, likewise. */
export function asEventReason(code: string): EventReason {
  return isIn(EVENT_REASONS, code) ? code : asReason(code)
}

function isIn<T extends object>(table: T, code: string): code is Extract<keyof T, string> {
  return Object.hasOwn(table, code)
}
