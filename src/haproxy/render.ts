/**
 * HAProxy's config as text. Equal state gives equal text: everything is sorted. One file a section:
 * `00-global.cfg`, `10-http-<port>.cfg` and `50-<backend>.cfg`, so that HAProxy's complaint names
 * the culprit. Documented in HAProxy's configuration manual; times without a unit are ms.
 */
import { isIPv4 } from 'node:net'
import { by } from '../lib/order.ts'
import type { Backend, Server } from '../model/backend.ts'

export const NAME = /^[A-Za-z0-9_.:-]+$/
const SERVICE = /^[A-Za-z0-9_./-]+$/

/**
 * Keywords of every server, in a file and in `add server`, to which `default-server` doesn't apply.
 */
const KEYWORDS = [
  'check inter 1s fastinter 100ms downinter 200ms fall 2 rise 1',
  // A connection that fails has the server checked at once, so one that crashed is out sooner than
  // Consul can tell, whose checks run every second. Failures alone don't put it out, nor does a
  // first check (`sudden-death`): where a busy machine or the network stalls for a moment, all
  // would be.
  'observe layer4 error-limit 1 on-error fastinter',
  // Usable the moment it leaves maintenance: Consul has checked it already.
  'init-state fully-up',
].join(' ')

/**
 * How long a client may leave data unacknowledged, as `bind` has it: Linux's own 15 minutes. The
 * stack sets a far shorter time (net.ipv4.tcp_retries2) for connections to tasks, so that what was
 * asked of a node that lost its power goes to another task.
 */
const CLIENT_SILENCE = 'tcp-ut 15m'

// A request that may have reached a task goes to another one only if that's harmless (idempotent by
// RFC 9110).
const NO_RETRY = '  http-request disable-l7-retry unless { method GET HEAD OPTIONS TRACE PUT DELETE }'

/** The value; throws a RangeError if it doesn't match. */
export function checked(value: string, pattern: RegExp, what: string): string {
  if (!pattern.test(value)) {
    throw new RangeError(`${what} ${JSON.stringify(value)} must match ${pattern.source}`)
  }
  return value
}

/**
 * `global` and `defaults`. `directory` holds maps and sockets, and is the same path for HAProxy and
 * for Shoal.
 */
export function renderGlobal(directory: string): string {
  return `# Made by Shoal, like all files here: changes are overwritten.
global
  log stdout format raw local0
  stats socket ${directory}/admin.sock mode 660 level admin expose-fd listeners
  # Connections follow from it, half as many. Without it a container's limit of a million files costs 100 MB.
  fd-hard-limit 65536
  # HAProxy's own HTTP client is not used. Without this it reads all CA certificates for it: two thirds of what a reload computes.
  httpclient.ssl.verify none
  # After a reload the old worker finishes its connections, long ones too; without a limit each reload could leave one for good.
  hard-stop-after 24h

defaults common
  log global
  # Only what went wrong: errors, retries, timeouts.
  option dontlog-normal
  option dontlognull
  # The address of a removed task swallows connects. On an overlay an answer takes less than 1 ms; the rest is for busy machines.
  timeout connect 500ms
  timeout check 500ms
  # Longer together than it takes to find a server down that answers nothing (two checks), so that the last try finds another.
  retries 4
  option redispatch 1
  timeout queue 5s
  timeout client 60s
  timeout tunnel 1h
  balance roundrobin

defaults http from common
  mode http
  option httplog
  option forwardfor
  option http-keep-alive
  http-reuse safe
  # During a reload, idle connections of clients are closed with the next response, not under their feet.
  option idle-close-on-response
  timeout http-request 10s
  timeout http-keep-alive 60s
  retry-on conn-failure empty-response

defaults tcp from common
  mode tcp
  option tcplog
  option clitcpka
  option srvtcpka
`
}

/** Paths of the map files that an HTTP port looks in. */
export interface MapPaths {
  readonly hosts: string
  /** Null where every rule is for all of a host. */
  readonly paths: string | null
}

/**
 * An HTTP port: finds the backend by the Host header in the port's map of hosts, which changes at
 * runtime, and before that in its map of paths, where it has one. That is all that a request costs
 * which has a backend; the others come to a backend of their own, which looks again for what to
 * say. `/healthz`, on hosts that no service has, says whether this HAProxy `isReady` for traffic.
 * Tasks get the Host header as it came, so that no X-Forwarded-Host has to tell it.
 */
export function renderHttpFrontend(port: number, maps: MapPaths, isReady = true): string {
  const health = isReady
    ? '200 content-type text/plain string "ok'
    : '503 content-type text/plain string "no services yet'
  const byPath = maps.paths === null ? '' : renderPathRules(maps.paths)
  const knownPath = maps.paths === null ? '' : '  acl known var(txn.route) -m found\n'
  return `frontend http_${port} from http
  bind :${port} ${CLIENT_SILENCE}
  http-request set-header X-Forwarded-Proto http unless { req.hdr(x-forwarded-proto) -m found }
${byPath}  use_backend %[${HOST_HEADER},map(${maps.hosts})]
  default_backend unrouted_${port}

backend unrouted_${port} from http
  timeout server 60s
  http-request set-var(txn.host) ${HOST_HEADER}
  acl known var(txn.host),map(${maps.hosts}) -m found
${knownPath}  http-request return status 503 content-type text/plain lf-string "Shoal: this HAProxy does not have the service of '%[var(txn.host)]' yet.\\n" if known
  http-request return status ${health}\\n" if { path /healthz }
  http-request return status 404 content-type text/plain lf-string "Shoal: no service has the host name '%[var(txn.host)]'.\\n"
`
}

/** HAProxy looks for the longest key that the host with its path begins with. */
function renderPathRules(map: string): string {
  return `  http-request set-var(txn.path) path
  http-request set-var(txn.route) ${HOST_HEADER},concat(,txn.path,/),map_beg(${map})
  use_backend %[var(txn.route)] if { var(txn.route) -m found }
`
}

/** The Host header as maps have it. */
const HOST_HEADER = 'req.hdr(host),host_only,rtrim(.)'

/**
 * A backend with its servers as the last lines, and before it the listeners of its own TCP ports.
 */
export function renderBackend(backend: Backend, tcpPorts: readonly number[]): string {
  const servers = backend.servers
    .toSorted(by(({ name }) => name))
    .map((server) => `${SERVER_PREFIX}${renderServer(server)}\n`)
  return `${renderBackendHead(backend, tcpPorts)}${servers.join('')}`
}

/** All of it but the servers. */
export function renderBackendHead(backend: Omit<Backend, 'servers'>, tcpPorts: readonly number[]): string {
  const name = checked(backend.name, NAME, 'backend name')
  const service = checked(backend.service, SERVICE, 'service')
  const listeners = tcpPorts
    .toSorted((a, b) => a - b)
    .map(
      (port) =>
        `frontend tcp_${port} from tcp\n  bind :${port} ${CLIENT_SILENCE}\n  default_backend ${name}\n\n`,
    )
  const lines = [
    `backend ${name} from ${backend.protocol}`,
    `  timeout server ${backend.timeout}`,
    '  option allbackups',
    ...(backend.protocol === 'http' ? [NO_RETRY, ...errorPages(service, backend.timeout)] : []),
  ]
  return `${listeners.join('')}${lines.join('\n')}\n`
}

/** How a line begins that defines a server, and none else does. */
export const SERVER_PREFIX = '  server '

function errorPages(service: string, timeout: number): string[] {
  return [
    errorPage(502, `a task of service ${service} broke off its answer.`),
    errorPage(503, `no task of service ${service} is available.`),
    errorPage(504, `no task of service ${service} answered within ${timeout / 1000} s.`),
  ]
}

/** What HAProxy answers where it has this error itself. */
export function errorPage(status: number, text: string): string {
  return `  http-error status ${status} content-type text/plain string "Shoal: ${text}\\n"`
}

/**
 * A server as a restarted HAProxy is to have it. One that's not ready is `disabled`, even if it
 * drains: what it was finishing died with the process.
 */
function renderServer(server: Server): string {
  const name = checked(server.name, NAME, 'server name')
  return `${name} ${serverKeywords(server)}${server.state === 'ready' ? '' : ' disabled'}`
}

/** All of a server after its name but its state: the same in the config and in `add server`. */
export function serverKeywords(server: Server): string {
  const { name, address, port, weight, maxConnections, backup } = server
  if (!isIPv4(address)) throw new RangeError(`server ${name}: ${address} is no IPv4 address`)
  const limit = maxConnections > 0 ? ` maxconn ${maxConnections}` : ''
  return `${address}:${port} weight ${weight} ${KEYWORDS}${limit}${backup ? ' backup' : ''}`
}
