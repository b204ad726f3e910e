import { formatDuration, guessDuration } from '../duration.ts'
import type { ManifestHealth } from '../kinds/service/manifest.ts'
import { quoted } from '../messages/phrases.ts'
import type { Lookup, Variable } from './variables.ts'

/** ms: Consul runs no check more often. Who asked for more gets that. */
const SHORTEST_INTERVAL = 1000
/** Consul's own, which a check without SERVICE_CHECK_TIMEOUT always had. */
const TIMEOUT = '10s'

export interface Check {
  readonly health: ManifestHealth
  /** What Shoal can't do. */
  readonly errors: readonly { readonly variable: Variable; readonly message: string }[]
}

/**
 * The check of a port, in registrator's order where several are given. Without any, connections must be accepted:
 * registrator had no check then.
 */
export function readCheck(of: Lookup): Check {
  const path = of('CHECK_HTTP')
  const times = {
    ...interval(of('CHECK_INTERVAL')),
    timeout: duration(of('CHECK_TIMEOUT')?.value ?? TIMEOUT),
  }
  if (path !== null) return { health: { http: { path: path.value }, ...times }, errors: [] }
  const unsupported = Object.entries(UNSUPPORTED).flatMap(([name, why]) => {
    const variable = of(name)
    return variable === null ? [] : [{ variable, message: explain(variable, why) }]
  })
  return { health: { tcp: {}, ...times }, errors: unsupported.slice(0, 1) }
}

const UNSUPPORTED = {
  CHECK_HTTPS: 'tasks are asked by plain HTTP alone',
  CHECK_CMD: 'commands are not run',
  CHECK_SCRIPT: 'scripts are not run',
  CHECK_TTL: 'tasks can’t report to Consul, whose API they don’t reach',
} as const

function explain({ value }: Variable, why: string): string {
  return `found ${quoted(value)}, but ${why}; expected SERVICE_CHECK_HTTP=/path or SERVICE_CHECK_TCP=true instead`
}

function interval(variable: Variable | null): Pick<ManifestHealth, 'interval'> {
  return variable === null ? {} : { interval: duration(variable.value, SHORTEST_INTERVAL) }
}

/** A duration as Go writes it (`1m30s`, `1.5s`) in the form of specs. What is none stays as it is, to be complained about. */
function duration(text: string, least = 0): string {
  const ms = guessDuration(text)
  return ms === null ? text : formatDuration(Math.max(ms, least))
}
