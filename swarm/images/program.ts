import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { finished } from 'node:stream/promises'

export interface RunOptions {
  /** Gets all output, for whoever looks into a failure. */
  readonly logFile: string
  readonly cwd?: string
}

/** Runs a program without input; throws with the end of its output when it fails. */
export async function run(
  file: string,
  args: readonly string[],
  { logFile, cwd }: RunOptions,
): Promise<void> {
  await mkdir(dirname(logFile), { recursive: true })
  const output = createWriteStream(logFile)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    ...(cwd === undefined ? {} : { cwd }),
  })
  child.stdout.pipe(output, { end: false })
  child.stderr.pipe(output, { end: false })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  }).finally(() => output.end())
  await finished(output)
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} failed\n${await tailOf(logFile)}`)
}

/** The last lines of a log, and where the rest is. */
export async function tailOf(logFile: string): Promise<string> {
  const lines = (await readFile(logFile, 'utf8').catch(() => '')).trimEnd().split('\n')
  return [`the end of ${logFile}:`, ...lines.slice(-25)].join('\n')
}

/** Path of a program, undefined where there is none of this name. */
export async function findProgram(name: string): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>()
  const child = spawn('sh', ['-c', `command -v ${name}`], { stdio: ['ignore', 'pipe', 'ignore'] })
  let path = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (path += text))
  child.once('error', () => resolve(undefined))
  child.once('close', (code) => resolve(code === 0 ? path.trim() : undefined))
  return await promise
}

export async function hasProgram(name: string): Promise<boolean> {
  return (await findProgram(name)) !== undefined
}
