import { connectDocker } from '../swarm/docker.ts'
import { execInService } from '../swarm/exec.ts'
import type { CliContext } from './context.ts'

/**
 * Runs `shoal <command>` in a controller's container of the engine that is asked, which can reach Consul; resolves to its exit
 * code. Rejects with DockerError if none runs there.
 */
export async function inController(
  { stack }: Pick<CliContext, 'stack'>,
  command: readonly string[],
  input: string | null = null,
): Promise<number> {
  const { stdout, stderr } = process
  const docker = await connectDocker()
  return await execInService(docker, `${stack}_controller`, ['shoal', ...command], { stdout, stderr, input })
}
