/**
 * What HAProxy has at runtime, read from its answers. Columns are found by their names: versions
 * add some.
 */
import type { AdminState } from '../model/backend.ts'
import type { MapEntries } from './maps.ts'
import { HaproxyError } from './runtime.ts'

/** A server as HAProxy has it. */
export interface ActualServer {
  readonly name: string
  readonly address: string
  readonly port: number
  readonly weight: number
  readonly state: AdminState
  readonly backup: boolean
  /** 0 is no limit. */
  readonly maxConnections: number
  /** Whether HAProxy's own check is switched on. It's not at first in a server added at runtime. */
  readonly checking: boolean
  /**
   * Whether HAProxy sends requests to it, or would but for its weight or another server's
   * precedence.
   */
  readonly up: boolean
  /** Requests in flight. */
  readonly sessions: number
}

// Bits of `srv_admin_state` and `srv_check_state`, from the management guide.
const FORCED_MAINTENANCE = 0x01
const FORCED_DRAIN = 0x08
const CHECK_ENABLED = 0x04

/** Commands whose answers `readServers` takes. */
export const serverQueries = (backend: string): readonly [string, string] => [
  `show servers state ${backend}`,
  // All servers (4) of all IDs (-1) of the backend, as CSV.
  `show stat ${backend} 4 -1`,
]

/** Servers by name; null if HAProxy has no such backend. Neither of the two answers has all. */
export function readServers(state: string, stat: string): ReadonlyMap<string, ActualServer> | null {
  if (state.startsWith("Can't find backend")) return null
  const stats = new Map(table(stat, ',').map((row) => [row('svname'), row]))
  const servers = new Map<string, ActualServer>()
  for (const row of table(state.replace(/^1\n/, ''), ' ')) {
    const name = row('srv_name')
    const extra = stats.get(name)
    // Added between the two commands, which run one right after the other: the next reading has it.
    if (extra === undefined) continue
    servers.set(name, {
      name,
      address: row('srv_addr'),
      port: Number(row('srv_port')),
      weight: Number(row('srv_uweight')),
      state: adminState(Number(row('srv_admin_state'))),
      backup: extra('bck') === '1',
      maxConnections: Number(extra('slim')),
      checking: (Number(row('srv_check_state')) & CHECK_ENABLED) !== 0,
      up: Number(row('srv_op_state')) !== 0,
      sessions: Number(extra('scur')),
    })
  }
  return servers
}

function adminState(bits: number): AdminState {
  if (bits & FORCED_MAINTENANCE) return 'maint'
  return bits & FORCED_DRAIN ? 'drain' : 'ready'
}

type Row = (column: string) => string

/** Rows of a table whose first line is `# ` and the names of its columns. */
function table(text: string, separator: string): Row[] {
  const [header, ...lines] = text.split('\n')
  if (header === undefined || !header.startsWith('# ')) {
    throw new HaproxyError('garbled', `no table: ${text.slice(0, 200)}`)
  }
  const columns = new Map(
    header
      .slice(2)
      .split(separator)
      .map((name, index) => [name, index]),
  )
  return lines.map((line) => {
    const cells = line.split(separator)
    return (column) => {
      const cell = cells[columns.get(column) ?? -1]
      if (cell === undefined) throw new HaproxyError('garbled', `no column ${column} in ${line}`)
      return cell
    }
  })
}

/** A map from the answer to `show map`, whose lines are `<pointer> <key> <backend>`. */
export function readMap(answer: string): MapEntries {
  const entries: Record<string, string> = {}
  for (const line of answer.split('\n').filter((each) => each !== '')) {
    const [pointer, key, backend] = line.split(' ')
    if (!pointer?.startsWith('0x') || key === undefined || backend === undefined) {
      throw new HaproxyError('garbled', `show map: ${line}`)
    }
    entries[key] = backend
  }
  return entries
}

/**
 * The fingerprint of the loaded config in an answer to `show info`; null if it isn't of Shoal's
 * making.
 */
export function readFingerprint(info: string): string | null {
  return /^description: (shoal-\w+)$/m.exec(info)?.[1] ?? null
}
