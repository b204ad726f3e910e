/**
 * HAProxy's maps: where each route leads. They change at runtime, so a new host takes no reload. An
 * HTTP listener has a map of its hosts, looked up by the whole name: that is all a request costs. A
 * second map, of paths, is there only where a rule has another path than `/`, because each request
 * to that port then costs more: HAProxy joins host and path, and looks for the longest prefix. So
 * the first such rule of a port and the removal of the last take a reload; all others are data.
 */
import { byText } from '../lib/order.ts'
import type { HttpListener, RouteRule } from '../model/listener.ts'
import { checked, NAME } from './render.ts'

/** Backend by key: a host, or a host with a path. */
export type MapEntries = Readonly<Record<string, string>>

/** The maps of one HTTP listener. */
export interface ListenerMaps {
  /** By host. */
  readonly hosts: MapEntries
  /**
   * By host and path, with a slash at the end so that `/api` does not fit `/apiary`; null without
   * such rules.
   */
  readonly paths: MapEntries | null
}

const HOST = /^[a-z0-9_.-]+$/
/** Segments without what a line of a map or a command to HAProxy could not hold. */
const PATH = /^(\/[A-Za-z0-9._~%@:+-]+)+$/

export function listenerMaps({ routes }: Pick<HttpListener, 'routes'>): ListenerMaps {
  const ofHosts = entries(routes.filter(isOfHost), hostKey)
  if (!hasPaths({ routes })) return { hosts: ofHosts, paths: null }
  const ofPaths = routes.filter((route) => !isOfHost(route))
  return { hosts: ofHosts, paths: entries(ofPaths, (route) => hostKey(route) + pathKey(route)) }
}

function hostKey({ host }: RouteRule): string {
  return checked(host, HOST, 'host')
}

function pathKey({ path }: RouteRule): string {
  return `${checked(path, PATH, 'path')}/`
}

/** Whether the listener has a map of paths. */
export function hasPaths({ routes }: Pick<HttpListener, 'routes'>): boolean {
  return !routes.every(isOfHost)
}

function isOfHost({ path }: RouteRule): boolean {
  return path === '/'
}

function entries(routes: readonly RouteRule[], key: (route: RouteRule) => string): MapEntries {
  return Object.fromEntries(
    routes.map((route) => [key(route), checked(route.to[0].backend, NAME, 'backend name')]),
  )
}

/** A map file: `key backend` a line. */
export function renderMap(map: MapEntries): string {
  return Object.entries(map)
    .map(([key, backend]) => `${key} ${backend}\n`)
    .toSorted(byText)
    .join('')
}
