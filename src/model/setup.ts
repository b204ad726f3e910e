/**
 * How Swarm services and the engine are set up, as far as it can go wrong: what `shoal doctor`
 * looks at beside the tasks.
 */

export interface PublishedPort {
  /** Null while Swarm has not chosen one. */
  readonly published: number | null
  readonly target: number
  readonly protocol: string
  /** `ingress`: on every node, by way of the routing mesh, which needs IP_VS. */
  readonly mode: 'host' | 'ingress'
}

/**
 * A port as `docker service update --publish-rm` knows it: without the mode it finds ingress ports
 * alone.
 */
export function portOption({ published, target, protocol, mode }: PublishedPort): string {
  const port = published === null ? '' : `published=${published},`
  return `${port}target=${target},protocol=${protocol},mode=${mode}`
}

export interface ServiceSetup {
  readonly id: string
  readonly name: string
  readonly image: string
  /** `vip`: Docker's DNS answers with one virtual address, which needs IP_VS. */
  readonly endpointMode: 'vip' | 'dnsrr'
  /**
   * Networks by name, each with the names that Docker's DNS answers there beside the service's own.
   */
  readonly networks: Readonly<Record<string, readonly string[]>>
  /** Name servers of its containers; empty for Docker's own alone. */
  readonly dns: readonly string[]
  readonly ports: readonly PublishedPort[]
  /** Entry point, arguments and values of environment variables of its containers. */
  readonly words: readonly string[]
  /** Placement constraints as written: `node.role == manager`. */
  readonly constraints: readonly string[]
}

export interface TaskSetup {
  readonly id: string
  readonly image: string
  /** Docker's word, for example `rejected`. */
  readonly state: string
  /** ISO 8601: when its state last changed. */
  readonly since: string
}

export interface Engine {
  /** For messages: `unix:///var/run/docker.sock`. */
  readonly address: string
  readonly version: string
  /** Newest API version it speaks, for example `1.41`. */
  readonly api: string
  /** Oldest that it speaks. */
  readonly minApi: string
}

/** Versions of Docker's API that Shoal is known to work with: those of the engines 20.10 to 28. */
export const DOCKER_API = { oldest: '1.41', newest: '1.51' } as const

/** Whether an API version is older than another, as `1.9` is than `1.41`. */
export function isOlder(version: string, other: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const [otherMajor = 0, otherMinor = 0] = other.split('.').map(Number)
  return major < otherMajor || (major === otherMajor && minor < otherMinor)
}
