/** Any backend, for property tests. */
import fc from 'fast-check'
import type { Backend, Server } from '../../src/model/backend.ts'

const server = (name: string): fc.Arbitrary<Server> =>
  fc.record({
    name: fc.constant(name),
    address: fc.constantFrom('10.0.0.1', '10.0.0.2'),
    port: fc.constantFrom(80, 8080),
    weight: fc.integer({ min: 0, max: 256 }),
    state: fc.constantFrom('ready', 'drain', 'maint'),
    backup: fc.boolean(),
    maxConnections: fc.constantFrom(0, 1, 50),
  })

export const anyServers: fc.Arbitrary<readonly Server[]> = fc
  .subarray(['a', 'b', 'c', 'd'])
  .chain((names) => fc.tuple(...names.map(server)))

export function backendOf(servers: readonly Server[]): Backend {
  return { name: 'www', service: 'hello/www', protocol: 'http', timeout: 1000, drain: 1000, servers }
}
