/** All of HAProxy's config files together, and what of them is structure: everything that takes a reload to change. */
import { createHash } from 'node:crypto'
import { DASHBOARDS_FILE, renderDashboards } from './dashboards.ts'
import type { Backend } from '../model/backend.ts'
import type { Dashboards, Refusal } from '../model/haproxy.ts'
import type { Frontends, Hosts } from '../model/listener.ts'
import { renderBackend, renderGlobal, renderHttpFrontend, renderMap, SERVER_PREFIX } from './render.ts'

/** Text by file name, in `conf.d`. */
export type ConfigFiles = Readonly<Record<string, string>>

export const GLOBAL_FILE = '00-global.cfg'
const DESCRIPTION = '  description '

export const backendFile = (backend: string): string => `50-${backend}.cfg`
const httpFile = (port: number): string => `10-http-${port}.cfg`
const mapFile = (port: number): string => `http-${port}.map`

/** Whether a file of `conf.d` is Shoal's. Others are left alone. */
export const isOurs = (file: string): boolean =>
  /^(00-global|10-http-\d+|40-dashboards|50-.+)\.cfg$/.test(file)

/** The backend that a config file is about, null for the others. */
export function backendOfFile(file: string): string | null {
  return /^50-(.+)\.cfg$/.exec(file)?.[1] ?? null
}

/** HAProxy's name of a map: its path. */
export const mapPath = (directory: string, port: number): string => `${directory}/maps/${mapFile(port)}`

/** HTTP ports and their hosts; port 80 is always among them, for `/healthz`. */
export function httpPorts(frontends: Frontends): ReadonlyMap<number, Hosts> {
  const ports = new Map<number, Hosts>([[80, {}]])
  for (const [port, hosts] of Object.entries(frontends.http)) ports.set(Number(port), hosts)
  return ports
}

/** Map files by name, in `maps`. */
export function mapFiles(frontends: Frontends): Readonly<Record<string, string>> {
  return Object.fromEntries(
    httpPorts(frontends)
      .entries()
      .map(([port, hosts]) => [mapFile(port), renderMap(hosts)]),
  )
}

/** The whole config, marked with its fingerprint. */
export function configFiles(
  directory: string,
  frontends: Frontends,
  backends: readonly Backend[],
  dashboards: Dashboards | null = null,
): ConfigFiles {
  const files: Record<string, string> = { [GLOBAL_FILE]: renderGlobal(directory) }
  for (const port of httpPorts(frontends).keys())
    files[httpFile(port)] = renderHttpFrontend(port, mapPath(directory, port))
  if (dashboards !== null) files[DASHBOARDS_FILE] = renderDashboards(dashboards, directory)
  for (const backend of backends) {
    files[backendFile(backend.name)] = renderBackend(backend, tcpPorts(frontends, backend.name))
  }
  return marked(files)
}

/** A backend's own TCP ports, without those that carry HTTP. */
function tcpPorts(frontends: Frontends, backend: string): readonly number[] {
  const http = httpPorts(frontends)
  return Object.entries(frontends.tcp).flatMap(([port, name]) =>
    name === backend && !http.has(Number(port)) ? [Number(port)] : [],
  )
}

/** TCP ports that carry HTTP already. HAProxy would take them, and give each listener a part of the connections. */
export function portConflicts(frontends: Frontends): readonly Refusal[] {
  const http = httpPorts(frontends)
  return Object.entries(frontends.tcp).flatMap(([port, backend]) =>
    http.has(Number(port))
      ? [
          {
            file: backendFile(backend),
            backend,
            complaint: `port ${port} carries HTTP, so it can't carry TCP too`,
          },
        ]
      : [],
  )
}

/** A config that HAProxy can't refuse, to start with: it has no service, and says on `/healthz` that it's not ready. */
export function firstConfig(directory: string): ConfigFiles {
  const files = configFiles(directory, { http: {}, tcp: {} }, [])
  return marked({ ...files, [httpFile(80)]: renderHttpFrontend(80, mapPath(directory, 80), false) })
}

/** The HTTP port of a config file, null for the others. */
export function httpPortOfFile(file: string): number | null {
  const port = /^10-http-(\d+)\.cfg$/.exec(file)?.[1]
  return port === undefined ? null : Number(port)
}

const isStructure = (line: string): boolean =>
  !line.startsWith(SERVER_PREFIX) && !line.startsWith(DESCRIPTION)

/** A file without its servers and its fingerprint. */
export function structureOf(text: string): string {
  return text.split('\n').filter(isStructure).join('\n')
}

/** The structure of one text with the servers of the other. Both end with their servers. */
export function withServersOf(structure: string, servers: string): string {
  const lines = servers.split('\n').filter((line) => line.startsWith(SERVER_PREFIX))
  return [structureOf(structure).replace(/\n$/, ''), ...lines, ''].join('\n')
}

/** Identifies a config's structure. HAProxy shows it as its description, so that one can see what it has loaded. */
export function fingerprint(files: ConfigFiles): string {
  const hash = createHash('sha256')
  for (const file of Object.keys(files).toSorted())
    hash.update(`${file}\n${structureOf(files[file] ?? '')}\n`)
  return `shoal-${hash.digest('hex').slice(0, 16)}`
}

/** The same config with its fingerprint as HAProxy's `description`. */
export function marked(files: ConfigFiles): ConfigFiles {
  const global = structureOf(files[GLOBAL_FILE] ?? '')
  const description = `${DESCRIPTION}${fingerprint(files)}`
  return { ...files, [GLOBAL_FILE]: global.replace(/^global$/m, `global\n${description}`) }
}
