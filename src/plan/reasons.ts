/** Every reason a condition can have, with what it means. Tests and docs name these codes, never the messages. */
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

export type Reason = keyof typeof REASONS
