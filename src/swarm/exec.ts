import type { Writable } from 'node:stream'
import { call, DockerError } from './call.ts'
import type { Docker } from './docker.ts'

export interface ExecStreams {
  readonly stdout: Writable
  readonly stderr: Writable
  /** The whole of the command's standard input; null leaves it without one. */
  readonly input?: string | null
}

/**
 * Runs a command in a container of a Swarm service on the engine that is asked, passing on what it prints; resolves to
 * its exit code. Rejects with DockerError if no such container runs there.
 */
export async function execInService(
  { api, streams, address }: Docker,
  service: string,
  command: readonly string[],
  { stdout, stderr, input = null }: ExecStreams,
): Promise<number> {
  const filters = { label: [`com.docker.swarm.service.name=${service}`], status: ['running'] }
  const [container] = await call(address, `looking for ${service}`, () => api.listContainers({ filters }))
  if (container === undefined)
    throw new DockerError(
      `Docker at ${address}: no container of ${service} runs there; point DOCKER_HOST at a Swarm manager`,
      null,
      undefined,
    )
  const stdin = input !== null
  const options = { Cmd: [...command], AttachStdin: stdin, AttachStdout: true, AttachStderr: true }
  const exec = await call(address, 'preparing exec', () => streams.getContainer(container.Id).exec(options))
  // Standard input needs the connection to itself.
  const stream = await call(address, 'starting exec', () => exec.start({ hijack: stdin, stdin }))
  streams.modem.demuxStream(stream, stdout, stderr)
  const ended = new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject))
  if (stdin) stream.end(input)
  await ended
  const { ExitCode } = await call(address, 'asking for the exit code', () => exec.inspect())
  return ExitCode ?? 1
}
