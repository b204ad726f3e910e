/**
 * Adapter to this node's HAProxy: what it should be as plain data (listeners and backends),
 * rendered to its config folder and brought about over its sockets. Which servers a backend should
 * have, and with which weights, is decided elsewhere.
 */
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Backend } from '../model/backend.ts'
import type { BackendOutcome, Dashboards, Refusal, StructureOutcome } from '../model/haproxy.ts'
import type { Listener } from '../model/listener.ts'
import { configFiles, firstConfig, portConflicts } from './config.ts'
import { withDashboards } from './dashboards.ts'
import { diffBackend, diffMap, type Command } from './diff.ts'
import { ConfigFolder } from './disk.ts'
import { backendFile, backendOfFile, GLOBAL_FILE, httpPortOfFile, mapsOf, nameOfMap } from './files.ts'
import type { ConfigFiles } from './files.ts'
import type { MapEntries } from './maps.ts'
import { renderBackend } from './render.ts'
import { execute, HaproxyError, reload, type Reload } from './runtime.ts'
import { readFingerprint, readMap, readServers, serverQueries } from './state.ts'
import { fingerprint, structureOf, withServersOf } from './structure-key.ts'
import { sift, structureChanges, withChanges } from './structure.ts'

export interface ProgrammerOptions {
  /**
   * Folder shared with HAProxy, at the same path for both: conf.d, maps, admin.sock, master.sock.
   */
  readonly directory: string
  /** Off without it. */
  readonly dashboards?: Dashboards | null
}

interface StandingRefusal extends Refusal {
  /** What of the file HAProxy refused: its structure; empty for its removal. */
  readonly structure: string
}

/**
 * Brings one HAProxy to the desired state, level-triggered: each call looks at what HAProxy has, so
 * the same calls are right after a restart of either. Whoever calls waits for the call before to
 * end. Calls throw `HaproxyError` if HAProxy can't be spoken to; by then the disk has what can be
 * there without being proven, for HAProxy's return.
 */
export class HaproxyProgrammer {
  readonly #directory: string
  readonly #admin: string
  readonly #folder: ConfigFolder
  readonly #dashboards: Dashboards | null
  /** Servers on their way out and since when, by backend. */
  readonly #removing = new Map<string, ReadonlyMap<string, number>>()
  readonly #refusals = new Map<string, StandingRefusal>()

  constructor({ directory, dashboards = null }: ProgrammerOptions) {
    this.#directory = directory
    this.#admin = join(directory, 'admin.sock')
    this.#folder = new ConfigFolder(directory)
    this.#dashboards = dashboards
  }

  /** Whether there is a config for HAProxy to start with. */
  async isConfigured(): Promise<boolean> {
    return (await this.#folder.readFile(GLOBAL_FILE)) !== null
  }

  /**
   * Servers, weights and states of one backend, without a reload. Written to disk first, so that a
   * HAProxy that restarts at any moment has them too.
   */
  async programBackend(backend: Backend): Promise<BackendOutcome> {
    const file = backendFile(backend.name)
    const onDisk = await this.#folder.readFile(file)
    if (onDisk === null) return { kind: 'unknown' }
    await this.#folder.writeFile(file, withServersOf(onDisk, renderBackend(backend, [])))
    // A server that's to be replaced is removed in the first round and added in the second.
    for (let round = 1; round <= 2; round++) {
      const [state = '', stat = ''] = await execute(this.#admin, serverQueries(backend.name))
      const actual = readServers(state, stat)
      if (actual === null) return { kind: 'unknown' }
      const { commands, removals } = diffBackend(backend, actual)
      await this.#executeAll(commands)
      const remaining = await this.#remove(backend, removals)
      if (remaining.length > 0) return { kind: 'removing', servers: remaining }
      if (!backend.servers.some((server) => removals.includes(server.name))) return { kind: 'programmed' }
    }
    throw new HaproxyError('garbled', `${backend.name}: HAProxy shows servers other than they were added`)
  }

  /**
   * Listeners with their routes, and backends. Reloads only if HAProxy has loaded another structure
   * than is wanted (see structure-key.ts). Parts that HAProxy refuses stay as they were, or out,
   * and the rest goes on.
   */
  programStructure(listeners: readonly Listener[], backends: readonly Backend[]): Promise<StructureOutcome> {
    return this.#programStructure(withDashboards(listeners, this.#dashboards), backends)
  }

  async #executeAll(commands: readonly Command[]): Promise<void> {
    const answers = await execute(
      this.#admin,
      commands.map((command) => command.text),
    )
    const failed = commands.flatMap(({ text, answer }, index) =>
      answers[index] === answer ? [] : [`${text}: ${answers[index]}`],
    )
    if (failed.length > 0) throw new HaproxyError('refused', failed.join('; '))
  }

  /**
   * Deletes servers that are in maintenance, and gives those that can't go yet. `del server` closes
   * idle connections itself and fails while a request is in flight.
   */
  async #remove(backend: Backend, servers: readonly string[]): Promise<readonly string[]> {
    const before = this.#removing.get(backend.name)
    const remaining = new Map<string, number>()
    for (const server of servers) {
      const path = `${backend.name}/${server}`
      const since = before?.get(server) ?? performance.now()
      const overdue = performance.now() - since > backend.drain
      const commands = [...(overdue ? [`shutdown sessions server ${path}`] : []), `del server ${path}`]
      const answer = (await execute(this.#admin, commands)).at(-1)
      if (answer !== 'Server deleted.' && answer !== 'No such server.') remaining.set(server, since)
    }
    if (remaining.size === 0) this.#removing.delete(backend.name)
    else this.#removing.set(backend.name, remaining)
    return [...remaining.keys()]
  }

  async #programStructure(
    listeners: readonly Listener[],
    backends: readonly Backend[],
  ): Promise<StructureOutcome> {
    const current = await this.#folder.read()
    const maps = mapsOf(listeners)
    await this.#folder.writeMaps(maps)
    // All else is then tried on a HAProxy that runs.
    if (!(GLOBAL_FILE in current)) await this.#folder.write(firstConfig(this.#directory))
    const loaded = readFingerprint((await execute(this.#admin, ['show info']))[0] ?? '')

    const desired = configFiles(this.#directory, listeners, backends, this.#dashboards)
    const { base, changed } = structureChanges(await this.#folder.read(), desired)
    this.#forgetRefusals(changed, desired)
    const promising = changed.filter((file) => !this.#refusals.has(file))
    const wanted = withChanges(base, desired, promising)
    const reloaded = loaded !== fingerprint(wanted)
    const files = reloaded ? await this.#reload(base, desired, promising) : wanted
    if (reloaded) await this.#untilLoaded(fingerprint(files))
    else await this.#folder.write(files)
    await this.#folder.removeMapsBut(
      (map) => maps.has(map) || nameOfMap(this.#directory, map, files) !== null,
    )
    await this.#programMaps(maps, files)
    const standing = this.#refusals
      .values()
      .map(({ file, backend, port, complaint }) => ({ file, backend, port, complaint }))
    return { reloaded, refused: [...standing, ...portConflicts(listeners)] }
  }

  /**
   * Keeps the refusals of changes that are still wanted, unaltered: they aren't tried again, since
   * for a port that it can't bind HAProxy stops listening on all the others for up to 2 s.
   */
  #forgetRefusals(changed: readonly string[], desired: ConfigFiles): void {
    for (const { file, structure } of this.#refusals.values()) {
      const stands = changed.includes(file) && structure === structureOf(desired[file] ?? '')
      if (!stands) this.#refusals.delete(file)
    }
  }

  /** Loads as much of the changes as HAProxy takes, and gives the config that is in force. */
  async #reload(base: ConfigFiles, desired: ConfigFiles, changed: readonly string[]): Promise<ConfigFiles> {
    await this.#folder.begin(base)
    try {
      const { accepted, refused } = await sift(changed, async (files): Promise<Reload> => {
        await this.#folder.write(withChanges(base, desired, files))
        return reload(join(this.#directory, 'master.sock'))
      })
      const hopeless = refused.get('')
      if (hopeless !== undefined) throw new HaproxyError('refused', `what it ran before: ${hopeless}`)
      for (const [file, complaint] of refused) {
        const structure = structureOf(desired[file] ?? '')
        this.#refusals.set(file, {
          file,
          backend: backendOfFile(file),
          port: httpPortOfFile(file),
          complaint,
          structure,
        })
      }
      await this.#folder.commit()
      return withChanges(base, desired, accepted)
    } catch (error) {
      await this.#folder.rollBack(base)
      throw error
    }
  }

  /** Until the new worker answers at the admin socket in the old one's place. */
  async #untilLoaded(wanted: string): Promise<void> {
    const deadline = performance.now() + 5000
    while (readFingerprint((await execute(this.#admin, ['show info']))[0] ?? '') !== wanted) {
      if (performance.now() > deadline) {
        throw new HaproxyError('timeout', `config ${wanted} isn't loaded 5 s after a reload`)
      }
      await sleep(10)
    }
  }

  async #programMaps(maps: ReadonlyMap<string, MapEntries>, files: ConfigFiles): Promise<void> {
    for (const [file, entries] of maps) {
      const name = nameOfMap(this.#directory, file, files)
      if (name === null) continue
      const actual = readMap((await execute(this.#admin, [`show map ${name}`]))[0] ?? '')
      await this.#executeAll(diffMap(name, entries, actual))
    }
  }
}
