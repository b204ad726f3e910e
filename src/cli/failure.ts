import { CommanderError } from 'commander'
import { RemoteError } from '../lib/errors.ts'
import { DIFFERENT, FAILED, OK, UNREACHABLE, USAGE } from './exit-codes.ts'
import { UnreliableObservation } from '../views/foresee.ts'
import { UserError } from './print/output.ts'

/** What a failed command ends with. */
export interface Failure {
  readonly code: number
  /** Null where it has been said already; an error that nobody foresaw is shown whole. */
  readonly message: unknown
}

/** Why a command ended early; help that was asked for is no failure. */
export function failureOf(error: unknown): Failure {
  if (error instanceof CommanderError) return { code: error.exitCode === 0 ? OK : USAGE, message: null }
  if (error instanceof UserError || error instanceof UnreliableObservation)
    return { code: FAILED, message: error.message }
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
