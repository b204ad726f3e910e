/**
 * HAProxy's folder as Shoal keeps it: whatever happens, a HAProxy that starts from it finds a
 * config that works.
 */
import { chmod, mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfThere, removeIfThere, writeIfChanged } from '../lib/atomic-file.ts'
import { isObject } from '../lib/unknown.ts'
import { GLOBAL_FILE, isOurs, type ConfigFiles } from './files.ts'
import type { MapEntries } from './maps.ts'
import { renderMap } from './maps.ts'

export class ConfigFolder {
  readonly #directory: string
  readonly #config: string
  readonly #maps: string
  readonly #journal: string

  constructor(directory: string) {
    this.#directory = directory
    this.#config = join(directory, 'conf.d')
    this.#maps = join(directory, 'maps')
    this.#journal = join(directory, 'rollback.json')
  }

  /**
   * The config files there are, once a change that was cut short by a crash has been undone. Makes
   * the folders.
   */
  async read(): Promise<ConfigFiles> {
    await mkdir(this.#config, { recursive: true })
    await mkdir(this.#maps, { recursive: true })
    // HAProxy makes its sockets here, as a user of its own.
    await chmod(this.#directory, 0o777)
    const journal = await readIfThere(this.#journal)
    if (journal !== null) await this.rollBack(parseJournal(journal))
    const files: Record<string, string> = {}
    for (const file of (await readdir(this.#config)).filter(isOurs)) {
      const text = await this.readFile(file)
      if (text !== null) files[file] = text
    }
    return files
  }

  readFile(file: string): Promise<string | null> {
    return readIfThere(join(this.#config, file))
  }

  async writeFile(file: string, text: string): Promise<void> {
    await writeIfChanged(join(this.#config, file), text)
  }

  /**
   * Makes the config these files. The global section is last: a HAProxy that waits for it starts
   * with all.
   */
  async write(files: ConfigFiles): Promise<void> {
    const { [GLOBAL_FILE]: global, ...others } = files
    for (const [file, text] of Object.entries(others)) await this.writeFile(file, text)
    if (global !== undefined) await this.writeFile(GLOBAL_FILE, global)
    for (const file of await readdir(this.#config)) {
      if (isOurs(file) && !(file in files)) await removeIfThere(join(this.#config, file))
    }
  }

  /** To be called before an unproven config is written: `files` are what to go back to. */
  async begin(files: ConfigFiles): Promise<void> {
    await writeIfChanged(this.#journal, JSON.stringify(files))
  }

  /** The config on disk is proven. */
  async commit(): Promise<void> {
    await removeIfThere(this.#journal)
  }

  async rollBack(files: ConfigFiles): Promise<void> {
    await this.write(files)
    await this.commit()
  }

  /** Maps must be there before a config that names them is loaded, so none is removed here. */
  async writeMaps(maps: ReadonlyMap<string, MapEntries>): Promise<void> {
    for (const [file, map] of maps) await writeIfChanged(join(this.#maps, file), renderMap(map))
  }

  async removeMapsBut(isWanted: (map: string) => boolean): Promise<void> {
    for (const file of await readdir(this.#maps)) {
      if (file.endsWith('.map') && !isWanted(file)) await removeIfThere(join(this.#maps, file))
    }
  }
}

function parseJournal(text: string): ConfigFiles {
  const files: unknown = JSON.parse(text)
  if (!isObject(files)) throw new TypeError('rollback.json: not an object')
  return Object.fromEntries(Object.entries(files).map(([file, content]) => [file, String(content)]))
}
