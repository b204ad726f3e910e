import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { createConsul, type ConsulClient } from '../../src/consul/client.ts'

/** A client of an HTTP server that poses as a Consul agent for one test. */
export async function fakeAgent(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<ConsulClient> {
  const server = createServer(answer)
  const { promise, resolve } = Promise.withResolvers<AddressInfo | string | null>()
  server.listen(0, '127.0.0.1', () => resolve(server.address()))
  const address = await promise
  if (address === null || typeof address === 'string') throw new Error('no TCP port')
  const client = createConsul({ address: `http://127.0.0.1:${address.port}` })
  onTestFinished(() => {
    client.close()
    server.closeAllConnections()
    server.close()
  })
  return client
}
