import type { EndpointHealth } from '../../model/endpoint.ts'
import type { Cell } from './colour.ts'
import type { Kind } from './kind.ts'
import { namesOfKey, namespaceOfKey } from '../../views/service.ts'
import type { EndpointView, ServerView } from '../../views/endpoint.ts'

export const ENDPOINTS: Kind<EndpointView> = {
  name: 'endpoint',
  id: ({ backend, container }) => `${backend}/${container}`,
  names: ({ service }) => namesOfKey(service),
  namespace: ({ service }) => namespaceOfKey(service),
  columns: (views) => [
    { title: 'SERVICE', cell: ({ service }) => service, isKey: true },
    { title: 'TASK', cell: ({ container }) => container, isKey: true },
    { title: 'BACKEND', cell: ({ backend }) => backend, isKey: true },
    { title: 'NODE', cell: ({ node }) => node },
    { title: 'ZONE', cell: ({ zone }) => zone ?? '-' },
    { title: 'ADDRESS', cell: ({ address }) => address },
    { title: 'CONSUL-SERVICE', cell: ({ consulService }) => consulService, wide: true },
    { title: 'HEALTH', cell: ({ health }) => formatHealth(health) },
    ...proxiesOf(views).map((node) => ({
      title: `WEIGHT@${node}`,
      cell: ({ proxies }: EndpointView) => formatWeight(proxies[node]),
    })),
  ],
}

/** Host names of the proxies that give any of them a weight. */
function proxiesOf(views: readonly EndpointView[]): readonly string[] {
  return [...new Set(views.flatMap((view) => Object.keys(view.proxies)))].toSorted()
}

/** Red if its check fails, yellow if nothing is known or it is on its way. */
export function formatHealth(health: EndpointHealth): Cell {
  if (health === 'passing') return health
  return { text: health, style: health === 'critical' ? 'red' : 'yellow' }
}

/**
 * The weight of a server that gets requests, and why another gets none: `failing`, `draining`,
 * `starting`.
 */
export function formatWeight(given: ServerView | undefined): string {
  if (given === undefined) return '-'
  return given.state === 'ready' ? String(given.weight) : (given.standing ?? given.state)
}
