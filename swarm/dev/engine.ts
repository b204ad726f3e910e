/**
 * The Docker engine that everything else runs on: the one there is, else one brought up here (Debian and Ubuntu, as root). An engine
 * that was there before is never configured, restarted or stopped.
 */
import { spawn } from 'node:child_process'
import { mkdir, open, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { waitFor } from './cluster/wait.ts'
import { docker } from './docker.ts'
import { hasProgram } from '../images/program.ts'
import type { Log } from '../images/progress.ts'
import { canInstallPackages, installPackages } from './packages.ts'

export interface EngineOptions {
  /** Gets a line for each step. */
  readonly log: (line: string) => void
}

/** The engine's program, from Debian's package docker.io. */
const DAEMON = 'dockerd'

/** Of an engine started here: where its log is and which process it is. */
const CACHE = fileURLToPath(new URL('../../.cache', import.meta.url))
const LOG_FILE = `${CACHE}/logs/dockerd.log`
const PROCESS_FILE = `${CACHE}/dockerd.pid`

/**
 * Makes sure that an engine answers, and that DOCKER_HOST names it for every client in this process: the docker CLI follows its
 * contexts, other clients don't. Throws with what to install or to do where it can't start one.
 */
export async function ensureEngine({ log }: EngineOptions): Promise<void> {
  const missing = await whyNoEngine()
  if (missing === undefined) return followContext()
  const named = process.env['DOCKER_HOST']
  if (named !== undefined && named !== '') {
    throw new Error(`DOCKER_HOST is ${named}, but no engine answers there: ${missing}`)
  }
  if (/permission denied/i.test(missing)) {
    throw new Error(
      `a Docker engine is there, but this user may not use it: join the group 'docker', or run as root`,
    )
  }
  if (!(await canInstallPackages())) {
    throw new Error(
      `no Docker engine answers (${missing}).\n` +
        `Start Docker, or install it (https://docs.docker.com/engine/install). As root on Debian or Ubuntu this is done for you.`,
    )
  }
  if (!(await hasProgram(DAEMON)) || !(await hasProgram('docker'))) await installEngine(log)
  // Where systemd runs, the package has started the engine already.
  if ((await whyNoEngine()) !== undefined) await startEngine(log)
}

/** Stops the engine if `ensureEngine` started it and nothing of anybody's runs on it any more. Leaves any other alone. */
export async function releaseEngine({ log }: EngineOptions): Promise<void> {
  const recorded = await readFile(PROCESS_FILE, 'utf8').catch(() => undefined)
  if (recorded === undefined) return
  const pid = Number(recorded.split(' ')[0])
  if ((await identityOf(pid)) === recorded) {
    const running = await docker(['ps', '--quiet'])
    if (running.trim() !== '') {
      log('the Docker engine stays up: other containers run on it')
      return
    }
    process.kill(pid, 'SIGTERM')
    const gone = async () => ((await identityOf(pid)) === recorded ? undefined : true)
    await waitFor('the Docker engine to stop', gone, { timeoutMs: 30_000 })
    log('stopped the Docker engine')
  }
  await rm(PROCESS_FILE)
}

/** Undefined when an engine answers, else the reason. */
async function whyNoEngine(): Promise<string | undefined> {
  try {
    await serverVersion()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

function serverVersion(): Promise<string> {
  return docker(['version', '--format', '{{.Server.Version}}'], { timeoutMs: 15_000 })
}

async function followContext(): Promise<void> {
  if (process.env['DOCKER_HOST'] !== undefined) return
  const format = '{{.Name}} {{.Endpoints.docker.Host}}'
  const [name, host] = (await docker(['context', 'inspect', '--format', format])).trim().split(' ')
  if (name !== 'default' && host !== undefined) process.env['DOCKER_HOST'] = host
}

async function installEngine(log: Log): Promise<void> {
  log('no Docker engine here')
  await installPackages(['docker.io', 'iptables'], log)
  // Newer releases have the client in a package of its own.
  if (!(await hasProgram('docker'))) await installPackages(['docker-cli'], log)
}

async function startEngine(log: (line: string) => void): Promise<void> {
  await mkdir(dirname(LOG_FILE), { recursive: true })
  log(`starting a Docker engine (log: ${LOG_FILE})`)
  const output = await open(LOG_FILE, 'a')
  const child = spawn(DAEMON, [], { detached: true, stdio: ['ignore', output.fd, output.fd] })
  await output.close()
  const failed = Promise.withResolvers<never>()
  child.once('error', failed.reject)
  child.once('exit', (code) => failed.reject(new Error(`${DAEMON} ended with code ${code}`)))
  child.unref()
  try {
    await Promise.race([failed.promise, waitFor('the Docker engine', serverVersion, { timeoutMs: 60_000 })])
  } catch (error) {
    const tail = (await readFile(LOG_FILE, 'utf8')).trimEnd().split('\n').slice(-20).join('\n')
    throw new Error(`the Docker engine doesn't start; the end of ${LOG_FILE}:\n${tail}`, { cause: error })
  }
  child.removeAllListeners()
  const identity = child.pid === undefined ? undefined : await identityOf(child.pid)
  if (identity !== undefined) await writeFile(PROCESS_FILE, identity)
}

/** `<pid> <start time>` of a dockerd, which no later process shares; undefined if that process is none. */
async function identityOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined)
  // proc(5): pid (command) state … the 22nd field is the start time; a zombie has ended.
  const [, command, rest = ''] = /\((.*)\) (.*)$/s.exec(stat ?? '') ?? []
  const fields = rest.split(' ')
  return command === DAEMON && fields[0] !== 'Z' ? `${pid} ${fields[19]}` : undefined
}
