import { createHash } from 'node:crypto'

/**
 * A short, stable fingerprint of plain data. Equal data, equal hash; key order counts, so build
 * objects in one place.
 */
export function hashOf(data: unknown): string {
  return createHash('sha256').update(JSON.stringify(data)).digest('hex').slice(0, 16)
}
