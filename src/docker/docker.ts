/**
 * The adapter to Docker: what runs in the Swarm, what changes, and the configs that hold specs. It
 * narrows Docker's answers to the model and decides nothing. What runs is read from the Swarm's
 * tasks, never from containers: those of other nodes can't be seen.
 */
import type Dockerode from 'dockerode'
import { DOCKER_API, isOlder } from '../model/setup.ts'
import { call } from './call.ts'

/** ms: an engine that hangs keeps the connection and says nothing. */
export const TIMEOUT = 10_000

export interface Docker {
  /** For error messages: `unix:///var/run/docker.sock`. */
  readonly address: string
  /** Its calls give up on a silent engine. */
  readonly api: Dockerode
  /** For answers that go on for as long as the engine runs. */
  readonly streams: Dockerode
}

/**
 * Finds the engine as the Docker CLI does (DOCKER_HOST, else the default socket), unless `options`
 * name one, and agrees on an API version: Docker 29 refuses versions below 1.44, engine 20.10 those
 * above 1.41. Rejects with DockerError.
 */
export async function connectDocker(options: Dockerode.DockerOptions = {}): Promise<Docker> {
  const address = addressOf(options)
  const timed = { ...options, timeout: TIMEOUT }
  const Client = await loadClient()
  const unversioned = new Client(timed)
  const engine = await call(address, 'asking for its version', () => unversioned.version())
  const version = `v${agreedVersion(engine.ApiVersion)}`
  return {
    address,
    api: new Client({ ...timed, version }),
    streams: new Client({ ...options, version }),
  }
}

/**
 * The client brings packages for builds and SSH: loaded with the first connection, they cost no
 * command that makes none.
 */
export async function loadClient(): Promise<typeof Dockerode> {
  return (await import('dockerode')).default
}

/** The newest version that both know, given the engine's newest, for example `1.41`. */
export function agreedVersion(engine: string): string {
  return isOlder(engine, DOCKER_API.newest) ? engine : DOCKER_API.newest
}

export function addressOf({ host, port, socketPath }: Dockerode.DockerOptions): string {
  if (host !== undefined) return `${host}:${port ?? 2375}`
  if (socketPath !== undefined) return `unix://${socketPath}`
  return process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock'
}
