/**
 * The commands that bring HAProxy from what it has to what it should have. Pure; empty where
 * nothing differs.
 */
import type { Backend, Server } from '../model/backend.ts'
import type { MapEntries } from './maps.ts'
import { serverKeywords } from './render.ts'
import type { ActualServer } from './state.ts'

export interface Command {
  readonly text: string
  /** HAProxy's answer where it went well. */
  readonly answer: '' | 'New server registered.'
}

export interface BackendChanges {
  /** To be executed in this order. */
  readonly commands: readonly Command[]
  /**
   * Servers to delete once nothing is in flight on them. The commands have put them in maintenance.
   * One that's still wanted, with another address or role, is added in a later round.
   */
  readonly removals: readonly string[]
}

const quiet = (text: string): Command => ({ text, answer: '' })

/** What can't change at runtime. */
function isSame(desired: Server, actual: ActualServer): boolean {
  return (
    desired.address === actual.address && desired.port === actual.port && desired.backup === actual.backup
  )
}

/**
 * New servers come first and removals last, so that at no moment there are fewer usable servers
 * than before and after.
 */
export function diffBackend(backend: Backend, actual: ReadonlyMap<string, ActualServer>): BackendChanges {
  const additions: Command[] = []
  const updates: Command[] = []
  const withdrawals: Command[] = []
  const removals: string[] = []
  const wanted = new Map(backend.servers.map((server) => [server.name, server]))
  for (const server of wanted.values()) {
    const existing = actual.get(server.name)
    const path = `${backend.name}/${server.name}`
    if (existing === undefined) additions.push(...add(server, path))
    else if (isSame(server, existing)) {
      const target = server.state === 'ready' ? updates : withdrawals
      target.push(...update(server, existing, path))
    }
  }
  for (const existing of actual.values()) {
    const server = wanted.get(existing.name)
    if (server !== undefined && isSame(server, existing)) continue
    if (existing.state !== 'maint') {
      withdrawals.push(quiet(`set server ${backend.name}/${existing.name} state maint`))
    }
    removals.push(existing.name)
  }
  return { commands: [...additions, ...updates, ...withdrawals], removals }
}

/** A server is born in maintenance, its check off. */
function add(server: Server, path: string): Command[] {
  const command: Command = {
    text: `add server ${path} ${serverKeywords(server)}`,
    answer: 'New server registered.',
  }
  return [command, ...(server.state === 'maint' ? [] : admit(path, false, server.state))]
}

/**
 * Out of maintenance. A check that's switched on before would find a server that doesn't answer
 * yet. Consul has checked one that's ready: HAProxy, which takes one that a config file had
 * `disabled` for down until its own next check, is told so.
 */
function admit(path: string, checking: boolean, state: 'ready' | 'drain'): Command[] {
  return [
    ...(checking ? [] : [quiet(`enable health ${path}`)]),
    quiet(`set server ${path} state ${state}`),
    ...(state === 'ready' ? [quiet(`set server ${path} health up`)] : []),
  ]
}

function update(server: Server, existing: ActualServer, path: string): Command[] {
  const commands: Command[] = []
  if (server.weight !== existing.weight) commands.push(quiet(`set weight ${path} ${server.weight}`))
  if (server.maxConnections !== existing.maxConnections) {
    commands.push(quiet(`set maxconn server ${path} ${server.maxConnections}`))
  }
  if (server.state === 'maint') {
    if (existing.state !== 'maint') commands.push(quiet(`set server ${path} state maint`))
  } else if (server.state !== existing.state || !existing.checking) {
    commands.push(...admit(path, existing.checking, server.state))
  }
  return commands
}

/** `name` is HAProxy's name of the map: its path. */
export function diffMap(name: string, desired: MapEntries, actual: MapEntries): readonly Command[] {
  const changed = Object.entries(desired).filter(([key, backend]) => actual[key] !== backend)
  const vanished = Object.keys(actual).filter((key) => !Object.hasOwn(desired, key))
  return [
    ...changed.map(([key, backend]) =>
      quiet(`${Object.hasOwn(actual, key) ? 'set' : 'add'} map ${name} ${key} ${backend}`),
    ),
    ...vanished.map((key) => quiet(`del map ${name} ${key}`)),
  ]
}
