import type { Backend, Server } from '../../../src/model/backend.ts'
import type { BackendOutcome, StructureOutcome } from '../../../src/model/haproxy.ts'
import { structureKey } from '../../../src/haproxy/structure-key.ts'
import type { Listener } from '../../../src/model/listener.ts'
import type { HaproxyPort } from '../../../src/node/ports.ts'

type Servers = Map<string, Server>

/** What a HAProxy process runs. */
interface Running {
  structure: string
  /** By backend, then by server name. */
  backends: Map<string, Servers>
}

interface Disk {
  readonly structure: string
  readonly backends: Map<string, Backend>
}

/**
 * One node's HAProxy: what is on its disk, and what its process runs, if there is one. Keeps the programmer's promises: the disk
 * is written first, a backend that the process does not know takes a reload, and a restarted process has what the disk says.
 */
export class Haproxy implements HaproxyPort {
  reloads = 0
  /** Nothing is answered on its sockets; its traffic goes on. */
  hangs = false
  /** The task whose container it is, null if there is none. */
  #task: string | null = null
  #running: Running | null = null
  #disk: Disk | null = null

  /** The container of this task starts; its process does as soon as there is a config. */
  start(task: string): void {
    this.#task = task
    this.#running = this.#disk === null ? null : load(this.#disk)
  }

  stop(task: string): void {
    if (this.#task !== task) return
    this.#task = null
    this.#running = null
  }

  isUp(): boolean {
    return this.#running !== null
  }

  /** Null if the process has no such backend, or there is none. */
  servers(backend: string): readonly Server[] | null {
    const servers = this.#running?.backends.get(backend)
    return servers === undefined ? null : [...servers.values()]
  }

  isConfigured(): Promise<boolean> {
    return Promise.resolve(this.#disk !== null)
  }

  async programBackend(backend: Backend): Promise<BackendOutcome> {
    await Promise.resolve()
    if (this.#disk?.backends.has(backend.name) !== true) return { kind: 'unknown' }
    this.#disk.backends.set(backend.name, backend)
    if (this.#running === null) throw new Error('connect ENOENT admin.sock')
    if (!this.#running.backends.has(backend.name)) return { kind: 'unknown' }
    this.#running.backends.set(backend.name, byName(backend.servers))
    return { kind: 'programmed' }
  }

  async programStructure(
    listeners: readonly Listener[],
    backends: readonly Backend[],
  ): Promise<StructureOutcome> {
    await Promise.resolve()
    const structure = structureKey(listeners, backends)
    this.#disk = { structure, backends: new Map(backends.map((backend) => [backend.name, backend])) }
    if (this.#running === null) {
      if (this.#task !== null) this.#running = load(this.#disk)
      throw new Error('connect ENOENT master.sock')
    }
    const reloaded = this.#running.structure !== structure
    if (reloaded) {
      this.reloads += 1
      this.#running = load(this.#disk)
    }
    return { reloaded, refused: [] }
  }
}

/** In a config file what is not ready is disabled. */
function load({ structure, backends }: Disk): Running {
  const loaded = [...backends].map(([name, { servers }]): [string, Servers] => [
    name,
    byName(
      servers.map((server) => (server.state === 'ready' ? server : Object.assign({}, server, DISABLED))),
    ),
  ])
  return { structure, backends: new Map(loaded) }
}

const DISABLED = { state: 'maint' } as const

function byName(servers: readonly Server[]): Servers {
  return new Map(servers.map((server) => [server.name, server]))
}
