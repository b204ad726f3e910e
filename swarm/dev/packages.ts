/** Packages of Debian and Ubuntu, for programs that this machine lacks. */
import { readFile } from 'node:fs/promises'
import { LOGS } from '../images/paths.ts'
import { run } from '../images/program.ts'
import { step } from '../images/progress.ts'
import type { Log } from '../images/progress.ts'

/** Whether `installPackages` can work here: as root, on Debian or Ubuntu. */
export async function canInstallPackages(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release)
}

/** Installs packages with what they cannot do without. Throws with apt's last lines when that fails. */
export async function installPackages(names: readonly string[], log: Log): Promise<void> {
  const logFile = `${LOGS}/packages.log`
  await step(log, `installing ${names.join(' and ')}`, async () => {
    await run('apt-get', ['update', '-qq'], { logFile })
    await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { logFile })
  })
}
