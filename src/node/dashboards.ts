/** Whether the agent shows dashboards, and what opens them, from its settings. */
import { createHash } from 'node:crypto'
import { dashboardHosts } from '../model/names.ts'
import type { Dashboards } from '../model/haproxy.ts'

export interface DashboardSettings {
  /** Whether they are asked for. */
  readonly wanted: boolean
  /** Text of the Docker secret, null if there is none. */
  readonly secret: string | null
  /** Base domain */
  readonly domain: string
  readonly nodeName: string
}

export interface DashboardChoice {
  /** Null where they are off. */
  readonly dashboards: Dashboards | null
  /** Why they are off though they are asked for, null if they aren't. */
  readonly missing: string | null
}

const DEFAULT_USER = 'admin'

/**
 * Dashboards are on only with a password; whatever is wrong with it leaves them off, and all else
 * as it is.
 */
export function chooseDashboards({ wanted, secret, domain, nodeName }: DashboardSettings): DashboardChoice {
  if (!wanted) return off(null)
  // An editor or `echo` ends the line.
  const login = (secret ?? '').replace(/\r?\n$/, '')
  if (login === '') {
    return off(
      'no password: SHOAL_DASHBOARDS_SECRET names a Docker secret with `password` or `user:password`',
    )
  }
  if (/\p{Cc}/u.test(login)) {
    return off('the secret that SHOAL_DASHBOARDS_SECRET names has more than one line, or control characters')
  }
  const [, user = DEFAULT_USER, password = ''] = /^(?:([^:]*):)?(.*)$/.exec(login) ?? []
  if (user === '' || password === '') {
    return off(`the secret that SHOAL_DASHBOARDS_SECRET names has no ${user === '' ? 'user' : 'password'}`)
  }
  const { consul: consulHost, proxy: proxyHost } = dashboardHosts(domain)
  const authorization = hashOfLogin(user, password)
  return { dashboards: { consulHost, proxyHost, nodeName, authorization }, missing: null }
}

function off(missing: string | null): DashboardChoice {
  return { dashboards: null, missing }
}

/** As a browser puts them into the header `Authorization` (RFC 7617), hashed. */
function hashOfLogin(user: string, password: string): string {
  const header = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  return createHash('sha256').update(header).digest('hex')
}
