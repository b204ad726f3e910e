/** Packages of Debian and Ubuntu, for programs that this machine lacks. */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import type { Log } from './images/progress.ts'

/** Whether `installPackages` can work here: as root, on Debian or Ubuntu. */
export async function canInstallPackages(): Promise<boolean> {
  if (process.getuid?.() !== 0) return false
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(release)
}

/** Installs packages with what they cannot do without; a line to `log` for each. Throws with apt's last lines when that fails. */
export async function installPackages(names: readonly string[], log: Log): Promise<void> {
  const logPackage = (line: string): void => {
    if (/^(Unpacking|Setting up) /.test(line)) log(line)
  }
  await run('apt-get', ['update', '-qq'], logPackage)
  await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], logPackage)
}

/** Runs a program, each line of its output to `log`. Throws with its last lines when it fails. */
function run(file: string, args: string[], log: Log): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'], env })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8')
    stream.on('data', (chunk: string) => {
      const fresh = chunk.split('\n').filter((line) => line.trim() !== '')
      lines.push(...fresh)
      fresh.forEach(log)
    })
  }
  child.once('error', reject)
  child.once('close', (code) => {
    if (code === 0) resolve()
    else reject(new Error(`${file} ${args.join(' ')} failed:\n${lines.slice(-15).join('\n')}`))
  })
  return promise
}
