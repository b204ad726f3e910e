/** Any backend and any listener, for property tests. */
import fc from 'fast-check'
import type { Backend, Server } from '../../src/model/backend.ts'
import type { Listener, RouteRule } from '../../src/model/listener.ts'

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

export const anyBackend: fc.Arbitrary<Backend> = fc.record({
  name: fc.constantFrom('www', 'pg'),
  service: fc.constantFrom('hello/www', 'shop/pg'),
  protocol: fc.constantFrom('http', 'tcp'),
  timeout: fc.constantFrom(1000, 60_000),
  drain: fc.constantFrom(0, 10_000),
  servers: anyServers,
})

const anyRoute: fc.Arbitrary<RouteRule> = fc.record({
  port: fc.constantFrom(80, 8080),
  host: fc.constantFrom('www', 'www.test'),
  path: fc.constantFrom('/', '/api', '/api/v2'),
  to: fc.tuple(fc.record({ backend: fc.constantFrom('www', 'pg'), weight: fc.constantFrom(1, 2) })),
})

const anyRoutes = fc.uniqueArray(anyRoute, { maxLength: 3, selector: ({ host, path }) => host + path })

export const anyListener: fc.Arbitrary<Listener> = fc.oneof(
  fc.record({ kind: fc.constant('http'), port: fc.constantFrom(80, 8080, 5432), routes: anyRoutes }),
  fc.record({
    kind: fc.constant('tcp'),
    port: fc.constantFrom(80, 5432, 5433),
    backend: fc.constantFrom('www', 'pg'),
  }),
)

export function backendOf(servers: readonly Server[]): Backend {
  return { name: 'www', service: 'hello/www', protocol: 'http', timeout: 1000, drain: 1000, servers }
}
