/** What the ports of every HAProxy are, and where a request goes from there. */

/** What one port is. */
export type Listener = HttpListener | TcpListener

/** A port that any number of services share: each request goes where its host and path say. */
export interface HttpListener {
  readonly kind: 'http'
  readonly port: number
  /** At most one for a host and path. */
  readonly routes: readonly RouteRule[]
}

/** A port that belongs to one backend. */
interface TcpListener {
  readonly kind: 'tcp'
  readonly port: number
  /** Its name. */
  readonly backend: string
}

/** Where requests to a host, or to a path of it, go on one port. */
export interface RouteRule {
  /** Port of the HTTP listener. */
  readonly port: number
  /** Host name, lower case. */
  readonly host: string
  /**
   * Leads requests to it and to all below it; `/` is all of the host. Of those that fit, the
   * longest wins.
   */
  readonly path: string
  /** Shares the requests; so far a rule has one target. */
  readonly to: readonly [RouteTarget]
}

export interface RouteTarget {
  /** Name of the backend. */
  readonly backend: string
  /** Its part of the rule's requests, in proportion to the others' weights. */
  readonly weight: number
}

/** The HTTP port that every HAProxy has, published on its node. */
export const HTTP_PORT = 80

/** A rule for all of a host, and a single backend. */
export function hostRoute(port: number, host: string, backend: string): RouteRule {
  return { port, host, path: '/', to: [{ backend, weight: 1 }] }
}
