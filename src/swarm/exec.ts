import type { Writable } from 'node:stream'
import { call, DockerError } from './call.ts'
import type { Docker } from './docker.ts'

/**
 * Runs a command in a container of a Swarm service on the engine that is asked, passing on what it prints; resolves to
 * its exit code. Rejects with DockerError if no such container runs there.
 */
export async function execInService(
  { api, streams, address }: Docker,
  service: string,
  command: readonly string[],
  { stdout, stderr }: { readonly stdout: Writable; readonly stderr: Writable },
): Promise<number> {
  const filters = { label: [`com.docker.swarm.service.name=${service}`], status: ['running'] }
  const [container] = await call(address, `looking for ${service}`, () => api.listContainers({ filters }))
  if (container === undefined)
    throw new DockerError(
      `Docker at ${address}: no container of ${service} runs there; point DOCKER_HOST at a Swarm manager`,
      null,
      undefined,
    )
  const exec = await call(address, 'preparing exec', () =>
    streams.getContainer(container.Id).exec({ Cmd: [...command], AttachStdout: true, AttachStderr: true }),
  )
  const stream = await call(address, 'starting exec', () => exec.start({}))
  streams.modem.demuxStream(stream, stdout, stderr)
  await new Promise((resolve, reject) => stream.once('end', resolve).once('error', reject))
  const { ExitCode } = await call(address, 'asking for the exit code', () => exec.inspect())
  return ExitCode ?? 1
}
