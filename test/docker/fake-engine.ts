import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { connectDocker, type Docker } from '../../src/docker/docker.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

/** A client of an HTTP server that poses as an engine for one test: it says its API version, `answer` does the rest. */
export async function fakeEngine(apiVersion: string, answer: Answer): Promise<Docker> {
  const server = createServer((request, response) => {
    if (request.url === '/version') response.end(JSON.stringify({ ApiVersion: apiVersion }))
    else answer(request, response)
  })
  onTestFinished(() => server.closeAllConnections())
  return connectDocker({ host: '127.0.0.1', port: await listen(server) })
}

async function listen(server: Server): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<AddressInfo | string | null>()
  server.listen(0, '127.0.0.1', () => resolve(server.address()))
  onTestFinished(() => void server.close())
  const address = await promise
  if (address === null || typeof address === 'string') throw new Error('no TCP port')
  return address.port
}
