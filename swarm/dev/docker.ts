/** The docker CLI, the one way in which the scripts and tests here talk to engines. (Shoal itself uses the Docker API.) */
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'

export interface DockerOptions {
  /** Engine to talk to; without it the one that DOCKER_HOST or the CLI's context says. */
  readonly host?: string
  /** Standard input. */
  readonly input?: string
  /** After this the command is ended and counts as failed. */
  readonly timeoutMs?: number
  /** Additions to this process's environment. */
  readonly env?: Readonly<Record<string, string>>
}

/** Times that a command is given again when Swarm was in its way. */
const RETRIES = 10

/**
 * Runs the docker CLI; resolves to its standard output, throws with what it wrote to standard error. A change that Swarm refuses because
 * it has just written to the same object itself is tried again: https://github.com/moby/swarmkit/issues/1379.
 */
export async function docker(args: readonly string[], options: DockerOptions = {}): Promise<string> {
  for (let left = RETRIES; ; left--) {
    try {
      return await dockerOnce(args, options)
    } catch (error) {
      const outrun = error instanceof Error && error.message.includes('update out of sequence')
      if (!outrun || left === 0) throw error
    }
  }
}

async function dockerOnce(args: readonly string[], options: DockerOptions): Promise<string> {
  const child = startDocker(args, options)
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (output += chunk))
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk))
  // A command that fails early closes its input: its exit code says more than that.
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  await dockerEnd(child, args, () => errors, options.timeoutMs)
  return output
}

/** As `docker`, for long commands: each line of standard output and error goes to `onLine` as it comes. */
export async function dockerLines(
  args: readonly string[],
  onLine: (line: string) => void,
  options: DockerOptions = {},
): Promise<void> {
  const child = startDocker(args, options)
  const last: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      onLine(line)
      last.push(line)
      if (last.length > 5) last.shift()
    })
  }
  child.stdin.on('error', () => {})
  child.stdin.end(options.input ?? '')
  await dockerEnd(child, args, () => last.join('\n'), options.timeoutMs)
}

/** Starts the docker CLI, for a caller that pipes from or to it and then waits with `dockerEnd`. */
export function startDocker(
  args: readonly string[],
  { host, timeoutMs, env }: Omit<DockerOptions, 'input'> = {},
): ChildProcessWithoutNullStreams {
  const environment: NodeJS.ProcessEnv = { ...process.env, ...env }
  if (host !== undefined) {
    // They speak of another engine than the one that the caller names.
    delete environment['DOCKER_CONTEXT']
    delete environment['DOCKER_TLS_VERIFY']
  }
  return spawn('docker', host === undefined ? [...args] : ['--host', host, ...args], {
    env: environment,
    ...(timeoutMs === undefined ? {} : { timeout: timeoutMs }),
  })
}

/** Waits until a started command has ended; throws with `complaint` unless it ended well. */
export function dockerEnd(
  child: ChildProcessWithoutNullStreams,
  args: readonly string[],
  complaint: () => string,
  timeoutMs?: number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('error', (cause) =>
      reject(new Error(`the docker command line client does not start: ${cause.message}`, { cause })),
    )
    child.once('close', (code, signal) => {
      if (code === 0) return resolve()
      const timedOut = timeoutMs !== undefined && signal !== null
      const end = timedOut ? `no end after ${timeoutMs / 1000} s` : `exit code ${code ?? signal}`
      reject(new Error(`docker ${args.join(' ')}: ${[complaint().trim(), end].find((text) => text !== '')}`))
    })
  })
}
