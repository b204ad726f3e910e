import type { Writable } from 'node:stream'
import { call, DockerError } from './call.ts'
import type { Docker } from './docker.ts'

export interface ExecStreams {
  readonly stdout: Writable
  readonly stderr: Writable
  /**
   * The whole of the command's standard input; null keeps it open, with nothing in it, for as long
   * as this program lives.
   */
  readonly input?: string | null
  /** `NAME=value`, beside the container's own. */
  readonly env?: readonly string[]
}

/**
 * Runs a command in a container of a Swarm service on the engine that is asked, passing on what it
 * prints as it prints it; resolves to its exit code. Rejects with DockerError if no such container
 * runs there.
 */
export async function execInService(
  { api, streams, address }: Docker,
  service: string,
  command: readonly string[],
  { stdout, stderr, input = null, env = [] }: ExecStreams,
): Promise<number> {
  const filters = { label: [`com.docker.swarm.service.name=${service}`], status: ['running'] }
  const [container] = await call(address, `looking for ${service}`, () => api.listContainers({ filters }))
  if (container === undefined) {
    throw new DockerError(
      `Docker at ${address}: no container of ${service} runs there; point DOCKER_HOST at a Swarm manager`,
      null,
      undefined,
    )
  }
  const attached = { AttachStdin: true, AttachStdout: true, AttachStderr: true }
  const options = { Cmd: [...command], Env: [...env], ...attached }
  const exec = await call(address, 'preparing exec', () => streams.getContainer(container.Id).exec(options))
  // Standard input needs the connection to itself.
  const stream = await call(address, 'starting exec', () => exec.start({ hijack: true, stdin: true }))
  streams.modem.demuxStream(stream, stdout, stderr)
  const ended = new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject))
  if (input !== null) stream.end(input)
  await ended
  stream.destroy()
  const { ExitCode } = await call(address, 'asking for the exit code', () => exec.inspect())
  return ExitCode ?? 1
}
