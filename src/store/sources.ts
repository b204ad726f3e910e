import { asObject } from '../lib/unknown.ts'
import type { Source } from '../model/source.ts'

/** A source as it stands in an entry; null for what is none. */
export function decodeSource(value: unknown): Source | null {
  if (typeof value === 'string') return fromText(value)
  const { kind, name, service, port } = asObject(value)
  if (kind === 'config' && typeof name === 'string') return { kind, name }
  if (typeof service !== 'string') return null
  if (kind === 'label') return { kind, service }
  if (kind !== 'variables') return null
  return port === null || typeof port === 'number' ? { kind, service, port } : null
}

/** Up to the version before this one, Shoal wrote sources as people read them. */
function fromText(text: string): Source | null {
  const [, config] = /^config (.+)$/.exec(text) ?? []
  if (config !== undefined) return { kind: 'config', name: config }
  const [, labelled] = /^label shoal\.spec of service (.+)$/.exec(text) ?? []
  if (labelled !== undefined) return { kind: 'label', service: labelled }
  const [, port, service] = /^SERVICE_(?:(\d+)_)?\* of service (.+)$/.exec(text) ?? []
  if (service === undefined) return null
  return { kind: 'variables', service, port: port === undefined ? null : Number(port) }
}
