import { execFile } from 'node:child_process'

/**
 * bash says to the ms what the system knows of a child; what other programs say is in hundredths of
 * a second. The time goes to standard output, the command's errors stay where they are.
 */
const SCRIPT = `TIMEFORMAT='%3U'; { time "$@" >/dev/null 2>&3; } 3>&2 2>&1`

/**
 * ms of user CPU time that a command takes on this machine, with its children. Rejects with what it
 * wrote to standard error if it fails.
 */
export async function userCpu(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  return await new Promise((resolve, reject) => {
    const options = { env: { ...process.env, ...env } }
    execFile('bash', ['-c', SCRIPT, 'bash', ...command], options, (error, output, complaint) => {
      if (error === null) resolve(toMilliseconds(output))
      else reject(new Error(`${command.join(' ')}: ${complaint.trim() || error.message}`))
    })
  })
}

/** From `0.123`, or `0,123` where the locale says so. */
export function toMilliseconds(seconds: string): number {
  return Math.round(Number(seconds.trim().replace(',', '.')) * 1000)
}
