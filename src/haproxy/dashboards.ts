/**
 * The dashboards' part of HAProxy's config: Consul's UI by way of the node agent, and HAProxy's own
 * statistics page. Both are for reading alone, and behind one password, of which HAProxy knows no
 * more than a hash.
 */
import type { Dashboards } from '../model/haproxy.ts'
import { hostRoute, HTTP_PORT } from '../model/listener.ts'
import type { Listener } from '../model/listener.ts'
import { httpListeners } from './files.ts'
import { checked, errorPage, NAME } from './render.ts'

export const DASHBOARDS_FILE = '40-dashboards.cfg'

// A service's backend has an underscore, these have none.
const CONSUL = 'shoal.consul-admin'
const PROXY = 'shoal.proxy-admin'
const GUESSES = 'shoal.guesses'

/**
 * Wrong passwords from one address in 10 s after which it gets no answer for a while, not even to
 * the right one.
 */
const MOST_GUESSES = 20

/** Where the node agent answers with Consul's UI. HAProxy shares the folder. */
export const consulUiSocket = (directory: string): string => `${directory}/consul-ui.sock`

/** The listeners with the dashboards' hosts on port 80, which no service can take from them. */
export function withDashboards(
  listeners: readonly Listener[],
  dashboards: Dashboards | null,
): readonly Listener[] {
  if (dashboards === null) return listeners
  const { consulHost, proxyHost } = dashboards
  const own = [hostRoute(HTTP_PORT, consulHost, CONSUL), hostRoute(HTTP_PORT, proxyHost, PROXY)]
  const services = httpListeners(listeners).get(HTTP_PORT)?.routes ?? []
  const routes = services.filter(({ host }) => host !== consulHost && host !== proxyHost)
  const others = listeners.filter(({ kind, port }) => kind !== 'http' || port !== HTTP_PORT)
  return [{ kind: 'http', port: HTTP_PORT, routes: [...routes, ...own] }, ...others]
}

/** Ends with the one server, as every file that has any. */
export function renderDashboards(
  { nodeName, authorization }: Pick<Dashboards, 'nodeName' | 'authorization'>,
  directory: string,
): string {
  const node = checked(nodeName, NAME, 'node name')
  const guard = renderGuard(checked(authorization, /^[0-9a-f]{64}$/, 'SHA-256'))
  return `backend ${GUESSES} from tcp
  timeout server 10s
  stick-table type ip size 10k expire 1m store gpc0_rate(10s)

backend ${PROXY} from http
${guard}
  timeout server 10s
  stats enable
  stats uri /
  stats refresh 10s
  stats hide-version
  stats show-legends
  stats show-node ${node}

backend ${CONSUL} from http
${guard}
  # A blocking query takes 10 minutes and a sixteenth at most.
  timeout server 11m
  # Without the agent there is nothing to wait for; one more try is for a connection that it closes just then.
  retries 1
${errorPage(502, 'the node agent broke off its answer.')}
${errorPage(503, 'the node agent of this node does not answer, and Consul’s UI comes by way of it.')}
  server consul unix@${consulUiSocket(directory)} maxconn 200
`
}

/** Errors that HAProxy answers by itself are no line in the log, however many strangers come. */
function renderGuard(authorization: string): string {
  return `  acl known req.fhdr(authorization),sha2(256),hex -m str -i ${authorization}
  acl guess req.fhdr(authorization) -m found
  acl reading method GET HEAD
  http-request track-sc0 src table ${GUESSES}
  http-request return status 429 content-type text/plain string "Shoal: too many wrong passwords, wait a little.\\n" if { sc0_gpc0_rate(${GUESSES}) gt ${MOST_GUESSES} }
  http-request sc-inc-gpc0(0) if guess !known
  http-request return status 401 content-type text/plain hdr WWW-Authenticate 'Basic realm="Shoal", charset="UTF-8"' string "Shoal: the dashboards have a password.\\n" unless known
  http-request return status 405 content-type text/plain hdr Allow "GET, HEAD" string "Shoal: the dashboards are for reading, with GET and HEAD.\\n" unless reading
  http-request del-header authorization`
}
