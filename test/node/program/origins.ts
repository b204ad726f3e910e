/** Origins in a process of their own: what holds up a test must not make them seem to fail. */
import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { Origin } from '../../haproxy/traffic.ts'

export type Place = Pick<Origin, 'name' | 'address' | 'port'>

export class Origins {
  readonly places: readonly Place[]
  readonly #process: ChildProcess

  private constructor(places: readonly Place[], process: ChildProcess) {
    this.places = places
    this.#process = process
  }

  /** One of each name, at an address of this machine. */
  static async start(names: readonly string[], address: string): Promise<Origins> {
    const child = fork(fileURLToPath(import.meta.url), [address, ...names])
    const failed = once(child, 'exit').then(([code]) => {
      throw new Error(`the origins ended with code ${code}`)
    })
    const [places] = await Promise.race([once(child, 'message'), failed])
    return new Origins(places, child)
  }

  stop(): void {
    this.#process.kill()
  }
}

if (import.meta.main) {
  const [address = '', ...names] = process.argv.slice(2)
  const origins = await Promise.all(names.map((name) => new Origin(name, address).start()))
  process.send?.(origins.map(({ name, port }): Place => ({ name, address, port })))
}
