/**
 * Defaults that are the same for every spec: the published schema shows them, `complete` fills them
 * in.
 */
export const DEFAULTS = {
  protocol: 'http',
  path: '/',
  interval: '1s',
  checkTimeout: '500ms',
  mode: 'prefer',
  headroom: 1.2,
  drain: '10s',
  maxConnections: 0,
  timeout: '60s',
} as const
