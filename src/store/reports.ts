import { asNumber, asObject, asText, isObject, oneOf } from '../lib/unknown.ts'
import type { JsonObject } from '../lib/unknown.ts'
import { ADMIN_STATES } from '../model/backend.ts'
import { STANDINGS } from '../model/endpoint.ts'
import { asServiceKey } from '../model/names.ts'
import type { ServiceKey } from '../model/service.ts'
import type { NodeReport, ProxyReport, ServerReport } from '../model/status.ts'
import { entryKind } from './entry.ts'

/** What one node has programmed of one service: by `<host name>/<service key>`, see `reportId`. */
export type ReportId = `${string}/${ServiceKey}`

export function reportId({ node, key }: Pick<ProxyReport, 'node' | 'key'>): ReportId {
  return `${node}/${key}`
}

/** A node's report on each service: for people. */
export const SERVICE_REPORTS = entryKind<ReportId, ProxyReport>({
  prefix: 'shoal/status/proxies/',
  what: 'report',
  read: (id, value) => {
    const { key: text, node, zone, revision, error, backends } = asObject(value)
    const key = typeof text === 'string' ? asServiceKey(text) : null
    if (key === null || typeof node !== 'string' || typeof revision !== 'string') return null
    if (reportId({ node, key }) !== id) return null
    const read = entriesOf(backends, (servers) => entriesOf(servers, readServer))
    const report = { key, node, zone: textOrNull(zone), revision, error: textOrNull(error), backends: read }
    return [reportId(report), report]
  },
})

/** All reports of a node in short, in one entry a node, by its host name: for the controller. */
export const NODE_REPORTS = entryKind<string, NodeReport>({
  prefix: 'shoal/status/programmed/',
  suffix: '/services',
  what: 'reports',
  read: (id, value) => {
    const { node, revisions, errors } = asObject(value)
    if (node !== id || !isObject(revisions) || !isObject(errors)) return null
    return [id, { node: id, revisions: textsByService(revisions), errors: textsByService(errors) }]
  },
  write: ({ node, revisions, errors }) => ({
    node,
    revisions: Object.fromEntries(revisions),
    errors: Object.fromEntries(errors),
  }),
})

/** Prefixes of all that one node reports, by its host name. */
export function reportPrefixes(node: string): readonly [services: string, node: string] {
  return [`${SERVICE_REPORTS.prefix}${node}/`, `${NODE_REPORTS.prefix}${node}/`]
}

function readServer(value: unknown): ServerReport | undefined {
  const { weight, state: told, standing: from, why } = asObject(value)
  const state = oneOf(ADMIN_STATES, told)
  if (state === undefined) return undefined
  const standing = oneOf(STANDINGS, from)
  const known = standing === undefined ? {} : { standing }
  return { weight: asNumber(weight) ?? 0, state, ...known, why: asText(why) }
}

/** The fields of an object that can be read. */
function entriesOf<T>(value: unknown, read: (value: unknown) => T | undefined): Readonly<Record<string, T>> {
  return Object.fromEntries(
    Object.entries(asObject(value)).flatMap(([name, each]): [string, T][] => {
      const item = read(each)
      return item === undefined ? [] : [[name, item]]
    }),
  )
}

function textsByService(texts: JsonObject): ReadonlyMap<ServiceKey, string> {
  const found = new Map<ServiceKey, string>()
  for (const [name, text] of Object.entries(texts)) {
    const key = asServiceKey(name)
    if (key !== null && typeof text === 'string') found.set(key, text)
  }
  return found
}

function textOrNull(value: unknown): string | null {
  return typeof value === 'string' ? value : null
}
