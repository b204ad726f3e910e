/** What HAProxy is given beside listeners and backends, and what comes of programming it. */

/** Pages for those who run the cluster, on port 80 of HAProxy, behind a password. */
export interface Dashboards {
  /** Host name of Consul's UI, lower case. */
  readonly consulHost: string
  /** Host name of HAProxy's own statistics page, lower case. */
  readonly proxyHost: string
  /** Name of the node, shown on the statistics page. */
  readonly nodeName: string
  /** SHA-256, in hex, of the header `Authorization` with the right user and password. */
  readonly authorization: string
}

/**
 * How programming a backend went. The call throws `HaproxyError` where HAProxy can't be spoken to.
 */
export type BackendOutcome =
  | { readonly kind: 'programmed' }
  /** HAProxy doesn't know the backend: `programStructure` first. */
  | { readonly kind: 'unknown' }
  /**
   * All is programmed but the removal of these servers, which still have requests in flight: call
   * again later.
   */
  | { readonly kind: 'removing'; readonly servers: readonly string[] }

/** HAProxy's refusal of a part of the config. What ran before goes on. */
export interface Refusal {
  /** Config file, for example `50-hello_www.cfg`. */
  readonly file: string
  /** Backend that the file is about; null for the global section or an HTTP frontend. */
  readonly backend: string | null
  /** HTTP port that the file is about; null for the global section or a backend. */
  readonly port: number | null
  /** HAProxy's own words. */
  readonly complaint: string
}

/** How programming the structure went. */
export interface StructureOutcome {
  readonly reloaded: boolean
  readonly refused: readonly Refusal[]
}
