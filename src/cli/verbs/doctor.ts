import { call } from '../../docker/call.ts'
import { connectDocker } from '../../docker/docker.ts'
import type { CliContext } from '../../settings.ts'
import { CHECKS } from '../doctor/checks.ts'
import { isUnknown } from '../doctor/facts.ts'
import { attempt, gather } from '../doctor/gather.ts'
import { diagnose, formatReport, isAtFault } from '../doctor/report.ts'
import { FAILED, OK } from '../exit.ts'
import { inController } from '../in-controller.ts'

/** ms: twice what its slowest answers take. */
const CONTROLLER_TIMEOUT = 45_000

export type DoctorFormat = 'text' | 'json'

/**
 * `shoal doctor`: from a controller's container if there is one, else with what Docker alone tells.
 * Ends the program.
 */
export async function doctor(output: DoctorFormat, context: CliContext): Promise<void> {
  const code = await examine(context, output)
  // Not waiting for a controller that does not answer.
  process.stdout.write('', () => process.exit(code))
}

async function examine(context: CliContext, output: DoctorFormat): Promise<number> {
  if (context.consulUrl !== null) return await report(context, output, null)
  const code = await attempt(askController(context, output))
  return isUnknown(code) ? await report(context, output, code.unknown) : code
}

async function askController(context: CliContext, output: DoctorFormat): Promise<number> {
  const { address } = await connectDocker()
  const ask = () => inController(context, ['doctor', '--output', output])
  return await call(address, 'shoal doctor in a controller', ask, CONTROLLER_TIMEOUT)
}

async function report(context: CliContext, output: DoctorFormat, outside: string | null): Promise<number> {
  const diagnoses = diagnose(CHECKS, await gather(context, outside))
  console.log(output === 'json' ? JSON.stringify(diagnoses, null, 2) : formatReport(diagnoses))
  return isAtFault(diagnoses) ? FAILED : OK
}
