/** All of HAProxy's config files together. */
import type { Backend } from '../model/backend.ts'
import type { Dashboards, Refusal } from '../model/haproxy.ts'
import { HTTP_PORT } from '../model/listener.ts'
import type { Listener } from '../model/listener.ts'
import { DASHBOARDS_FILE, renderDashboards } from './dashboards.ts'
import {
  backendFile,
  GLOBAL_FILE,
  httpFile,
  httpFiles,
  httpListeners,
  renderHttpListener,
  tcpPorts,
} from './files.ts'
import type { ConfigFiles } from './files.ts'
import { renderBackend, renderGlobal } from './render.ts'
import { marked } from './structure-key.ts'

/** The whole config, marked with its fingerprint. */
export function configFiles(
  directory: string,
  listeners: readonly Listener[],
  backends: readonly Backend[],
  dashboards: Dashboards | null = null,
): ConfigFiles {
  const files: Record<string, string> = {
    [GLOBAL_FILE]: renderGlobal(directory),
    ...httpFiles(directory, listeners),
  }
  if (dashboards !== null) files[DASHBOARDS_FILE] = renderDashboards(dashboards, directory)
  const ports = tcpPorts(listeners)
  for (const backend of backends) {
    files[backendFile(backend.name)] = renderBackend(backend, ports.get(backend.name) ?? [])
  }
  return marked(files)
}

/**
 * TCP ports that carry HTTP already. HAProxy would take them, and give each listener a part of the
 * connections.
 */
export function portConflicts(listeners: readonly Listener[]): readonly Refusal[] {
  const http = httpListeners(listeners)
  return listeners.flatMap((each): Refusal[] => {
    if (each.kind !== 'tcp' || !http.has(each.port)) return []
    const complaint = `port ${each.port} carries HTTP, so it can't carry TCP too`
    return [{ file: backendFile(each.backend), backend: each.backend, port: null, complaint }]
  })
}

/**
 * A config that HAProxy can't refuse, to start with: it has no service, and says on `/healthz` that
 * it's not ready.
 */
export function firstConfig(directory: string): ConfigFiles {
  const listener = { kind: 'http', port: HTTP_PORT, routes: [] } as const
  const notReady = renderHttpListener(directory, listener, false)
  return marked({ ...configFiles(directory, [], []), [httpFile(HTTP_PORT)]: notReady })
}
