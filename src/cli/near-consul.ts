import type { CliContext } from '../settings.ts'

/**
 * Does the work if Consul can be reached from here; else runs the same command line in a
 * controller's container, and ends with its exit code. The work alone loads what it needs: where
 * the command only passes on what the other prints, it stays quick.
 */
export async function nearConsul(
  context: CliContext,
  work: (consulUrl: string) => Promise<void>,
): Promise<void> {
  if (context.consulUrl !== null) return await work(context.consulUrl)
  const { inController } = await import('./in-controller.ts')
  process.exitCode = await inController(context, process.argv.slice(2))
}
