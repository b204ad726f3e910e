import { CommanderError } from 'commander'
import { RemoteError } from '../lib/errors.ts'

/** What `shoal` exits with; docs/cli.md documents it. */
export const OK = 0
export const FAILED = 1
/** The command line itself is wrong. */
const USAGE = 2
/** Docker or Consul can't be reached. */
const UNREACHABLE = 3
/** `shoal diff` found differences. */
export const DIFFERENT = 4

/** An error that is the user's to mend: shown without a stack trace, exit code 1. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** What a failed command ends with. */
export interface Failure {
  readonly code: number
  /** Null if it was printed already. Unexpected errors are kept whole, with their stack. */
  readonly message: unknown
}

/** Why a command ended early; help that was asked for is no failure. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? OK : USAGE, message: null }
  if (error instanceof UserError) return { code: FAILED, message: error.message }
  if (error instanceof RemoteError) {
    const isRefusal = error.status !== null && error.status < 500
    return { code: isRefusal ? FAILED : UNREACHABLE, message: error.message }
  }
  return { code: FAILED, message: error }
}

/** For `--help`. */
export const EXIT_CODES = `
Exit codes:
  ${OK}  all is well
  ${FAILED}  what was given is at fault, or is not there
  ${USAGE}  the command line can't be understood
  ${UNREACHABLE}  Docker or Consul can't be reached, or can't answer
  ${DIFFERENT}  shoal diff found differences`
