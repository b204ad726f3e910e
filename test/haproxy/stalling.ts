/** An HTTP server, a process of its own, that can be made to stall: then its kernel lets only a few more connections in. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'

const PROGRAM = `
const server = require('node:http').createServer((request, response) => response.end('stalling'))
server.listen({ host: process.argv[1], port: 0, backlog: 1 }, () => console.log(server.address().port))
`

export class StallingOrigin {
  readonly port: number
  readonly #process: ChildProcess

  private constructor(child: ChildProcess, port: number) {
    this.#process = child
    this.port = port
  }

  static async start(address: string): Promise<StallingOrigin> {
    const child = spawn(process.execPath, ['-e', PROGRAM, address], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [port]: unknown[] = await once(child.stdout, 'data')
    return new StallingOrigin(child, Number(String(port)))
  }

  stall(): void {
    this.#process.kill('SIGSTOP')
  }

  goOn(): void {
    this.#process.kill('SIGCONT')
  }

  stop(): void {
    this.#process.kill('SIGKILL')
  }
}
