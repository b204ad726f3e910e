/** A real HAProxy in a container, for tests; its config folder is a temporary one, at the same path inside. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Docker from 'dockerode'
import type { ActualServer } from '../../src/haproxy/state.ts'
import { readServers, serverQueries } from '../../src/haproxy/state.ts'
import { execute } from '../../src/haproxy/runtime.ts'

const IMAGE = process.env['SHOAL_HAPROXY_IMAGE'] ?? 'haproxy:3.2'

export class RealHaproxy {
  readonly directory: string
  readonly #container: Docker.Container
  /** Its address on the bridge network; none before it has started. */
  address = ''
  /** This machine's address on that network, where a container reaches servers of the test. */
  gateway = ''

  private constructor(directory: string, container: Docker.Container) {
    this.directory = directory
    this.#container = container
  }

  /** Made, not started. */
  static async create(): Promise<RealHaproxy> {
    const directory = await mkdtemp(join(tmpdir(), 'shoal-haproxy-'))
    const start = `exec haproxy -W -db -S ${directory}/master.sock -f ${directory}/conf.d`
    const container = await new Docker().createContainer({
      Image: IMAGE,
      Labels: { 'shoal.dev/test': 'haproxy' },
      Cmd: ['sh', '-c', `until [ -e ${directory}/conf.d/00-global.cfg ]; do sleep 0.05; done; ${start}`],
      HostConfig: { Binds: [`${directory}:${directory}`], CapDrop: ['ALL'] },
    })
    return new RealHaproxy(directory, container)
  }

  async start(): Promise<void> {
    await this.#container.start()
    const { Networks } = (await this.#container.inspect()).NetworkSettings
    this.address = Networks['bridge']?.IPAddress ?? ''
    this.gateway = Networks['bridge']?.Gateway ?? ''
  }

  /** As a crash: no farewell to anyone. */
  async kill(): Promise<void> {
    await this.#container.kill()
  }

  async remove(): Promise<void> {
    await this.#container.remove({ force: true, v: true })
    await rm(this.directory, { recursive: true, force: true })
  }

  /** All that it has logged. */
  async logs(): Promise<string> {
    return (await this.#container.logs({ stdout: true, stderr: true })).toString()
  }

  ask(...commands: readonly string[]): Promise<readonly string[]> {
    return execute(join(this.directory, 'admin.sock'), commands)
  }

  /** Process number of the worker: another one after each reload and restart. */
  async worker(): Promise<string> {
    const [info = ''] = await this.ask('show info')
    return /^Pid: (\d+)$/m.exec(info)?.[1] ?? info
  }

  /** Process number of the master on this machine. */
  async pid(): Promise<number> {
    return (await this.#container.inspect()).State.Pid
  }

  /** A figure of `show stat`, as text. */
  async stat(proxy: string, server: string, column: string): Promise<string> {
    const [stat = ''] = await this.ask('show stat')
    const [header = '', ...rows] = stat.split('\n').map((line) => line.replace('# ', '').split(','))
    const row = rows.find(([pxname, svname]) => pxname === proxy && svname === server)
    return row?.[header.indexOf(column)] ?? ''
  }

  async servers(backend: string): Promise<Readonly<Record<string, ActualServer>>> {
    const [state = '', stat = ''] = await this.ask(...serverQueries(backend))
    return Object.fromEntries(readServers(state, stat) ?? [])
  }
}
