import { connect, createServer } from 'node:net'

/**
 * Finds free TCP ports on 127.0.0.1, never the same one twice. Ports are fixed when a node is made, and lie below the range from
 * which systems take source ports: Docker's own random ones change, or get lost, when a node is off for a while.
 */
export class FreePorts {
  readonly #taken = new Set<number>()

  /** The first free port of `wanted`, else the first one from `from` upwards. */
  async take(wanted: readonly number[], from: number): Promise<number> {
    for (const port of wanted) {
      if (await this.#claim(port)) return port
    }
    for (let port = from; port < 65_536; port += 1) {
      if (await this.#claim(port)) return port
    }
    throw new Error(`no free port on 127.0.0.1 from ${from} upwards`)
  }

  async #claim(port: number): Promise<boolean> {
    if (this.#taken.has(port) || !(await isFree(port))) return false
    this.#taken.add(port)
    return true
  }
}

/** Where the search for a test cluster's ports begins: anywhere, so that two clusters started at once hardly ever meet. */
export function randomPort(): number {
  return 20_000 + Math.floor(Math.random() * 10_000)
}

async function isFree(port: number): Promise<boolean> {
  const refused = await listenOnce(port)
  // Ports below 1024 may be the engine's to open but not ours: there, ask whether somebody answers.
  return refused === 'EACCES' ? !(await answers(port)) : refused === undefined
}

/** Opens and closes the port; resolves to undefined, or to the code of the error. */
function listenOnce(port: number): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const server = createServer()
  server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
  server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(undefined)))
  return promise
}

function answers(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>()
  const socket = connect({ port, host: '127.0.0.1' })
  const settle = (result: boolean) => {
    socket.destroy()
    resolve(result)
  }
  socket.once('connect', () => settle(true))
  socket.once('error', () => settle(false))
  return promise
}
