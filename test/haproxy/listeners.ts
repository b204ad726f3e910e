/** Listeners in short, for tests. */
import { hostRoute } from '../../src/model/listener.ts'
import type { Listener } from '../../src/model/listener.ts'

type Hosts = Readonly<Record<string, string>>

/** From backends by host, by HTTP port, and backends by TCP port. */
export function listeners(
  http: Readonly<Record<number, Hosts>>,
  tcp: Readonly<Record<number, string>> = {},
): readonly Listener[] {
  const ofHttp = Object.entries(http).map(([port, hosts]): Listener => ({
    kind: 'http',
    port: Number(port),
    routes: Object.entries(hosts).map(([host, backend]) => hostRoute(Number(port), host, backend)),
  }))
  const ofTcp = Object.entries(tcp).map(([port, backend]): Listener => ({
    kind: 'tcp',
    port: Number(port),
    backend,
  }))
  return [...ofHttp, ...ofTcp]
}

/** Backends by host and path of an HTTP port, a path of `/` left out; undefined without such a port. */
export function hostsOn(all: readonly Listener[] | null, port: number): Hosts | undefined {
  const listener = all?.find((each) => each.kind === 'http' && each.port === port)
  if (listener?.kind !== 'http') return undefined
  return Object.fromEntries(
    listener.routes.map(({ host, path, to }) => [path === '/' ? host : host + path, to[0].backend]),
  )
}
