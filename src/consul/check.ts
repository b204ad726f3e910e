import type { Registration } from '../model/registration.ts'
import { asObject, asText } from '../lib/unknown.ts'
import { checkId } from '../model/names.ts'

/**
 * A check's status until its first run. Not `critical`: an agent tells the servers of a changed
 * output without a changed status only every `check_update_interval` (5 minutes), so a task whose
 * first check fails would look unchecked for as long. From `warning` the first run is a change
 * either way. Consul's DNS leaves such instances out by `only_passing`.
 */
const UNCHECKED = 'warning'

/** What a check says of its instance; `unchecked` is no evidence either way. */
export type Finding = 'passing' | 'critical' | 'unchecked'

/**
 * Only an instance that was never checked has no output: Consul writes one on every run, good or
 * bad.
 */
export function finding(check: unknown): Finding {
  const { Status, Output } = asObject(check)
  if (Status === 'passing') return 'passing'
  if (asText(Output) === '') return 'unchecked'
  return Status === 'critical' ? 'critical' : 'passing'
}

/**
 * The one check of a registration, in the npm client's words; `passes` says that it is known to. It
 * doesn't follow redirects: these may lead to another task, whose health is no evidence.
 */
export function checkDefinition({ id, check }: Pick<Registration, 'id' | 'check'>, passes = false) {
  const { http, tcp, host, interval, timeout } = check
  const target = http === null ? { tcp: tcp ?? '' } : { http, disableredirects: true }
  const definition = {
    checkid: checkId(id),
    name: http === null ? `TCP ${tcp}` : `HTTP ${http}`,
    ...target,
    interval: `${interval}ms`,
    timeout: `${timeout}ms`,
    status: passes ? 'passing' : UNCHECKED,
  }
  // Consul takes lists of values. The client's types say one value, which Consul would refuse.
  return host === null ? definition : Object.assign(definition, { header: { Host: [host] } })
}
