/**
 * How a program shows what it holds: on a Unix socket inside its container. It writes nothing of it
 * by itself.
 */
import { chmod } from 'node:fs/promises'
import { createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { removeIfThere } from './atomic-file.ts'

/** In a folder, by default that of temporary files, which each container has for itself. */
export function dumpSocket(folder: string = tmpdir()): string {
  return join(folder, 'shoal.dump.sock')
}

/**
 * Answers whoever connects with a dump as JSON, for the program's own user alone. Resolves once it
 * listens, to what ends that. Rejects where it can't listen.
 */
export async function serveDump(path: string, dump: () => unknown): Promise<() => void> {
  const server = createServer((connection) => {
    connection.on('error', () => connection.destroy())
    connection.end(JSON.stringify(dump()))
  })
  // A program that was killed in this container left its socket.
  await removeIfThere(path)
  const { promise: listening, resolve, reject } = Promise.withResolvers<void>()
  server.once('error', reject).listen(path, resolve)
  await listening
  await chmod(path, 0o600)
  return () => void server.close()
}

/** What a program on this socket shows. Rejects where there is none. */
export async function readDump(path: string): Promise<unknown> {
  return JSON.parse(await text(createConnection(path)))
}
