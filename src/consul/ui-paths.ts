/**
 * What of Consul's HTTP API its UI may read. A GET is not harmless by itself: some give away
 * private keys or everything at once (`/v1/agent/connect/ca/leaf/…` makes a key, `/v1/snapshot` has
 * all, `/v1/agent/monitor` never ends). So all is refused but the pages themselves and what they
 * were seen to ask for.
 */

/** Below `/v1/`. One with a slash at its end stands for all that begins so. */
const READABLE = [
  'catalog/',
  'connect/intentions',
  'coordinate/',
  'discovery-chain/',
  'health/',
  'internal/ui/node/',
  'internal/ui/nodes',
  'internal/ui/service-topology/',
  'internal/ui/services',
  'kv/',
  'operator/autopilot/state',
  'peerings',
  'session/info/',
  'session/node/',
  'status/',
]

/**
 * Whether a request's target, with or without a query, is a page of Consul's UI or what such a page
 * reads.
 */
export function isUiPath(target: string): boolean {
  const path = decoded(target.split('?', 1)[0] ?? '')
  // Whoever takes such a path apart may come out elsewhere.
  if (path === null || /\/\/|\/\.{1,2}(\/|$)|[\\\p{Cc}]/u.test(path)) return false
  if (path === '/' || path === '/ui' || path.startsWith('/ui/')) return true
  const [, resource] = /^\/v1\/(.*)$/.exec(path) ?? []
  if (resource === undefined) return false
  return READABLE.some((each) => (each.endsWith('/') ? resource.startsWith(each) : resource === each))
}

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
