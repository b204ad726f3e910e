/**
 * HAProxy's config files and maps: their names, what each is about, and which listeners need them.
 */
import { HTTP_PORT } from '../model/listener.ts'
import type { HttpListener, Listener } from '../model/listener.ts'
import { hasPaths, listenerMaps } from './maps.ts'
import type { MapEntries } from './maps.ts'
import { renderHttpFrontend } from './render.ts'

/** Text by file name, in `conf.d`. */
export type ConfigFiles = Readonly<Record<string, string>>

export const GLOBAL_FILE = '00-global.cfg'

export const backendFile = (backend: string): string => `50-${backend}.cfg`
export const httpFile = (port: number): string => `10-http-${port}.cfg`
const mapFile = (port: number, of: 'hosts' | 'paths'): string =>
  of === 'hosts' ? `http-${port}.map` : `http-${port}-paths.map`
const mapPath = (directory: string, map: string): string => `${directory}/maps/${map}`

/** Whether a file of `conf.d` is Shoal's. Others are left alone. */
export const isOurs = (file: string): boolean =>
  /^(00-global|10-http-\d+|40-dashboards|50-.+)\.cfg$/.test(file)

/** The backend that a config file is about, null for the others. */
export function backendOfFile(file: string): string | null {
  return /^50-(.+)\.cfg$/.exec(file)?.[1] ?? null
}

/** The HTTP port that a config file is about, null for the others. */
export function httpPortOfFile(file: string): number | null {
  const port = /^10-http-(\d+)\.cfg$/.exec(file)?.[1]
  return port === undefined ? null : Number(port)
}

/** HTTP listeners by port; port 80 is always among them, for `/healthz`. */
export function httpListeners(listeners: readonly Listener[]): ReadonlyMap<number, HttpListener> {
  const first: HttpListener = { kind: 'http', port: HTTP_PORT, routes: [] }
  const http = listeners.filter((listener) => listener.kind === 'http')
  return new Map([first, ...http].map((listener) => [listener.port, listener]))
}

/** Each backend's own TCP ports, without those that carry HTTP. */
export function tcpPorts(listeners: readonly Listener[]): ReadonlyMap<string, readonly number[]> {
  const http = httpListeners(listeners)
  const own = listeners.filter((listener) => listener.kind === 'tcp').filter(({ port }) => !http.has(port))
  const byBackend = Map.groupBy(own, ({ backend }) => backend)
  return new Map([...byBackend].map(([backend, all]) => [backend, all.map(({ port }) => port)]))
}

/** The config files of HTTP listeners. `directory` is HAProxy's, which holds the maps. */
export function httpFiles(directory: string, listeners: readonly Listener[]): ConfigFiles {
  const all = [...httpListeners(listeners).values()]
  return Object.fromEntries(all.map((each) => [httpFile(each.port), renderHttpListener(directory, each)]))
}

/** See `renderHttpFrontend`. */
export function renderHttpListener(directory: string, listener: HttpListener, isReady = true): string {
  const path = (of: 'hosts' | 'paths') => mapPath(directory, mapFile(listener.port, of))
  const paths = hasPaths(listener) ? path('paths') : null
  return renderHttpFrontend(listener.port, { hosts: path('hosts'), paths }, isReady)
}

/** The maps of all HTTP listeners, by file name in `maps`. */
export function mapsOf(listeners: readonly Listener[]): ReadonlyMap<string, MapEntries> {
  const maps = new Map<string, MapEntries>()
  for (const listener of httpListeners(listeners).values()) {
    const { hosts, paths } = listenerMaps(listener)
    maps.set(mapFile(listener.port, 'hosts'), hosts)
    if (paths !== null) maps.set(mapFile(listener.port, 'paths'), paths)
  }
  return maps
}

/** HAProxy's name of a map, its path; null if this config does not look in it. */
export function nameOfMap(directory: string, map: string, config: ConfigFiles): string | null {
  const path = mapPath(directory, map)
  return Object.values(config).some(
    (text) => text.includes(`map(${path})`) || text.includes(`map_beg(${path})`),
  )
    ? path
    : null
}
