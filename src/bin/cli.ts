/** The `shoal` command. `shoal.js` beside it starts it. */
import { shoalCommand } from '../cli/tree.ts'
import { failureOf, OK } from '../cli/exit.ts'
import { readCliSettings } from '../settings.ts'
import { settingsOrExit } from './settings-or-exit.ts'

/** Runs the command that the process's arguments ask for, and sets the process's exit code. */
export async function main(): Promise<void> {
  process.stdout.on('error', endOnClosedPipe)
  try {
    await shoalCommand(settingsOrExit(readCliSettings)).parseAsync()
  } catch (error) {
    const { code, message } = failureOf(error)
    if (message !== null) console.error(message)
    process.exitCode = code
  }
}

/** The reader closed the pipe (`shoal get | head`): end quietly. */
function endOnClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
  process.exit(OK)
}
