import { SettingsError } from '../settings.ts'
import type { Environment } from '../settings.ts'

/**
 * Settings from the environment of this process. Where they can't be used, it says why and ends
 * with exit code 1.
 */
export function settingsOrExit<T>(read: (env: Environment) => T): T {
  try {
    return read(process.env)
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}
