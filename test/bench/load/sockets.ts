/** WebSockets that stay open through a proxy, and are opened anew when they close. */
import { WebSocket } from 'ws'

export interface Sockets {
  /** When a socket that had been open closed, each in ms since the epoch. */
  readonly closed: readonly number[]
  /** What went wrong: a connection refused, an echo that did not come. */
  readonly failures: readonly string[]
  /** Closes all; resolves once they are. */
  stop(): Promise<void>
}

const EVERY_MS = 500
/** An echo that takes longer is lost. */
const PATIENCE_MS = 5000

/** Opens as many as `count` to the proxies in turn, and resolves once all are open. Each sends a message every half second. */
export async function openSockets(urls: readonly string[], host: string, count: number): Promise<Sockets> {
  const closed: number[] = []
  const failures: string[] = []
  const open = new Set<WebSocket>()
  let stopping = false

  const start = (url: string): Promise<void> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url, { headers: { host }, handshakeTimeout: PATIENCE_MS })
      let wasOpen = false
      let waitingSince: number | undefined
      const timer = setInterval(() => {
        if (socket.readyState !== WebSocket.OPEN) return
        if (waitingSince === undefined) {
          waitingSince = Date.now()
          socket.send('echo')
        } else if (Date.now() - waitingSince > PATIENCE_MS) {
          failures.push('no echo')
          socket.terminate()
        }
      }, EVERY_MS)
      socket.on('message', () => (waitingSince = undefined))
      socket.on('error', (error) => {
        if (!wasOpen) failures.push(error.message)
      })
      socket.once('open', () => {
        wasOpen = true
        open.add(socket)
        resolve()
      })
      socket.once('close', () => {
        clearInterval(timer)
        open.delete(socket)
        resolve()
        if (stopping) return
        if (wasOpen) closed.push(Date.now())
        if (failures.length < count) void start(url)
      })
    })

  await Promise.all(Array.from({ length: count }, (_, index) => start(urls[index % urls.length] ?? '')))
  return {
    closed,
    failures,
    async stop() {
      stopping = true
      const all = [...open].map((socket) => new Promise((resolve) => socket.once('close', resolve)))
      for (const socket of open) socket.close()
      await Promise.all(all)
    },
  }
}
