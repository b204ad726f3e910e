/** Builds an image from its recipe's folder with `docker build`, BuildKit or not. */
import { createWriteStream } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { finished } from 'node:stream/promises'
import { dockerLines } from '../dev/docker.ts'
import { INPUTS_LABEL } from './inputs.ts'
import { CACHE, LOGS, recipeFolder } from './paths.ts'
import { tailOf } from './program.ts'
import { step } from './progress.ts'
import type { Log } from './progress.ts'
import type { Recipe } from './recipes.ts'

export interface Build {
  readonly recipe: Recipe
  readonly dockerfile: string
  readonly inputs: string
  /** Names that the image gets, the one to show first. */
  readonly tags: readonly string[]
  /** Puts more files into the build context. */
  readonly addContext?: (folder: string) => Promise<void>
}

/** Settings of this machine that builds need, handed on only when set. */
const PASSED_ON = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY']
const PASSED_ON_TO_GO = ['GOPROXY', 'GOSUMDB', 'GONOSUMDB']

/** Build contexts are folders of the cache: some docker clients may not read /tmp. */
const CONTEXT = 'context-'
const ABANDONED_MS = 3_600_000

/** Builds one image. The verbose output is in `.cache/logs/<folder>.log`; its end is in the error if the build fails. */
export async function buildImage(build: Build, log: Log): Promise<void> {
  const { recipe, dockerfile, inputs, tags } = build
  await mkdir(CACHE, { recursive: true })
  await mkdir(LOGS, { recursive: true })
  await removeAbandonedContexts()
  const context = await mkdtemp(join(CACHE, `${CONTEXT}${basename(recipe.folder)}-`))
  const logFile = join(LOGS, `${basename(recipe.folder)}.log`)
  try {
    await cp(recipeFolder(recipe.folder), context, { recursive: true })
    if (recipe.go) await writeFile(join(context, 'ca-certificates.crt'), await trustedCertificates())
    await build.addContext?.(context)
    const args = ['build', '--force-rm', '--file', join(context, dockerfile)]
    for (const tag of tags) args.push('--tag', tag)
    args.push('--label', `${INPUTS_LABEL}=${inputs}`)
    for (const name of recipe.go ? [...PASSED_ON, ...PASSED_ON_TO_GO] : PASSED_ON) {
      if (process.env[name]) args.push('--build-arg', name)
    }
    args.push(context)
    const duration = recipe.go ? ' (takes minutes)' : ''
    await buildInto(args, logFile, `building ${tags[0]}${duration}`, log)
  } finally {
    await rm(context, { recursive: true, force: true })
  }
}

/** Runs that were interrupted leave theirs behind. */
async function removeAbandonedContexts(): Promise<void> {
  for (const name of await readdir(CACHE)) {
    const folder = join(CACHE, name)
    const made = name.startsWith(CONTEXT) ? (await stat(folder).catch(() => undefined))?.mtimeMs : undefined
    if (made !== undefined && made < Date.now() - ABANDONED_MS) {
      await rm(folder, { recursive: true, force: true })
    }
  }
}

async function buildInto(args: readonly string[], logFile: string, what: string, log: Log): Promise<void> {
  const output = createWriteStream(logFile)
  let at = ''
  const onLine = (line: string) => {
    output.write(`${line}\n`)
    at = currentStep(line) ?? at
  }
  const work = async () => {
    try {
      await dockerLines(args, onLine, { env: { BUILDKIT_PROGRESS: 'plain' } })
    } finally {
      output.end()
      await finished(output)
    }
  }
  try {
    await step(log, what, work, () => at)
  } catch (error) {
    throw new Error(`${what} failed; ${await tailOf(logFile)}`, { cause: error })
  }
}

/** What a line of build output says is worked on: `Step 3/9 : RUN …` of the legacy builder, `#7 [build 3/9] RUN …` of BuildKit. */
export function currentStep(line: string): string | undefined {
  const [, text] = /^(?:#\d+ )?((?:Step \d+\/\d+ :|\[[^\]]*\d+\/\d+\]) .*)$/.exec(line) ?? []
  return text?.slice(0, 70)
}

/** Certificate authorities that this machine trusts beside the public ones: a company's proxy may sign with its own. */
async function trustedCertificates(): Promise<string> {
  const named = process.env['NODE_EXTRA_CA_CERTS'] ?? process.env['SSL_CERT_FILE']
  return readFile(named ?? '/etc/ssl/certs/ca-certificates.crt', 'utf8').catch((error: unknown) => {
    if (named !== undefined) throw error
    return ''
  })
}
