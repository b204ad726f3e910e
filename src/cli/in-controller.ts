import { connectDocker } from '../docker/docker.ts'
import { execInService } from '../docker/exec.ts'
import { isColoured } from './print/colour.ts'
import type { CliContext } from '../settings.ts'
import { TIED } from '../settings.ts'

/**
 * Runs `shoal <command>` in a controller's container of the engine that is asked, which can reach
 * Consul; resolves to its exit code. Colours are for the terminal here. Rejects with DockerError if
 * none runs there.
 */
export async function inController(
  { stack }: Pick<CliContext, 'stack'>,
  command: readonly string[],
  input: string | null = null,
): Promise<number> {
  const { stdout, stderr } = process
  const colours = isColoured(stdout) ? 'FORCE_COLOR=1' : 'NO_COLOR=1'
  const env = input === null ? [colours, `${TIED}=1`] : [colours]
  const docker = await connectDocker()
  return await execInService(docker, `${stack}_controller`, ['shoal', ...command], {
    stdout,
    stderr,
    input,
    env,
  })
}
