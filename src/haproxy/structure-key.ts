/**
 * What takes a reload: all of the config but the servers' lines, which change at runtime (as do the
 * maps, which are no part of the config). Nobody else knows: it follows from what is rendered, so a
 * field that begins to be rendered takes a reload from then on. Pure.
 */
import { createHash } from 'node:crypto'
import { byText } from '../lib/order.ts'
import type { Backend } from '../model/backend.ts'
import type { Listener } from '../model/listener.ts'
import { backendFile, GLOBAL_FILE, httpFiles, tcpPorts } from './files.ts'
import type { ConfigFiles } from './files.ts'
import { renderBackendHead, SERVER_PREFIX } from './render.ts'

const DESCRIPTION = '  description '

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

/**
 * Identifies a config's structure. HAProxy shows it as its description, so that one can see what it
 * has loaded.
 */
export function fingerprint(files: ConfigFiles): string {
  const hash = createHash('sha256')
  for (const file of Object.keys(files).toSorted()) {
    hash.update(`${file}\n${structureOf(files[file] ?? '')}\n`)
  }
  return `shoal-${hash.digest('hex').slice(0, 16)}`
}

/** The same config with its fingerprint as HAProxy's `description`. */
export function marked(files: ConfigFiles): ConfigFiles {
  const global = structureOf(files[GLOBAL_FILE] ?? '')
  const description = `${DESCRIPTION}${fingerprint(files)}`
  return { ...files, [GLOBAL_FILE]: global.replace(/^global$/m, `global\n${description}`) }
}

/**
 * Two keys of one process differ if, and only if, the one config takes a reload after the other.
 * The order of listeners and backends is of no account. Cheap for backends that are the same
 * objects as in a call before. Throws a RangeError for what HAProxy's config could not hold.
 */
export function structureKey(listeners: readonly Listener[], backends: readonly Backend[]): string {
  const ports = tcpPorts(listeners)
  // The folder is the same for as long as the process lives.
  const ofListeners = Object.entries(httpFiles('', listeners)).map(
    ([file, text]) => `${file} ${digest(text)}`,
  )
  const ofBackends = backends.map(
    (backend) => `${backendFile(backend.name)} ${digestOfBackend(backend, ports.get(backend.name) ?? [])}`,
  )
  return digest([...ofListeners, ...ofBackends].toSorted(byText).join('\n'))
}

const digests = new WeakMap<Backend, { readonly ports: string; readonly digest: string }>()

function digestOfBackend(backend: Backend, tcp: readonly number[]): string {
  const ports = tcp.join()
  const known = digests.get(backend)
  if (known?.ports === ports) return known.digest
  const made = { ports, digest: digest(renderBackendHead(backend, tcp)) }
  digests.set(backend, made)
  return made.digest
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
