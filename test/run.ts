/**
 * `npm test`: static checks, then every test level from the quickest to the real Swarm. `node test/run.ts quick` stops before
 * the levels that need containers. Ends with the line `N passed, N failed`, where a static check counts as one.
 */
import { spawn } from 'node:child_process'
import { mkdir, readFile } from 'node:fs/promises'

interface Count {
  readonly passed: number
  readonly failed: number
}

const CHECKS: readonly (readonly [name: string, command: readonly string[]])[] = [
  ['types', ['tsc']],
  ['lint', ['oxlint']],
  ['format', ['prettier', '--check', '--log-level', 'warn', '.']],
  ['unused code and dependencies', ['knip']],
]

/** Vitest's projects, by level. */
const LEVELS = { quick: ['quick', 'memory'], servers: ['servers'], swarm: ['swarm'] } as const

async function run(
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<boolean> {
  const [file, ...args] = command
  if (file === undefined) throw new Error('no command')
  const child = spawn(file, args, {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...environment },
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  return code === 0
}

async function check([name, command]: (typeof CHECKS)[number]): Promise<Count> {
  const started = Date.now()
  const passed = await run(command)
  console.log(`${passed ? 'passed' : 'FAILED'}  ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`)
  return { passed: passed ? 1 : 0, failed: passed ? 0 : 1 }
}

/** Runs the vitest projects of a level; what its report does not say passed has failed. */
async function runLevel(level: keyof typeof LEVELS, isAll: boolean): Promise<Count> {
  const report = `.cache/test/${level}.json`
  const projects = LEVELS[level].map((project) => `--project=${project}`)
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const environment = isAll ? { SHOAL_TEST_ALL: 'on' } : {}
  const passed = await run(['vitest', 'run', ...projects, ...reporters], environment)
  const { numPassedTests = 0, numFailedTests = 0 } = await readFile(report, 'utf8').then(
    JSON.parse,
    () => ({}),
  )
  return { passed: numPassedTests, failed: passed ? numFailedTests : Math.max(1, numFailedTests) }
}

await mkdir('.cache/test', { recursive: true })
const isAll = process.argv[2] !== 'quick'
const counts = await Promise.all(CHECKS.map(check))
if (isAll) {
  const { provideImages } = await import('../swarm/images.ts')
  const { ensureEngine } = await import('../swarm/dev/engine.ts')
  await ensureEngine({ log: console.log })
  await provideImages({ log: console.log })
}
for (const each of isAll ? (['quick', 'servers', 'swarm'] as const) : (['quick'] as const)) {
  counts.push(await runLevel(each, isAll))
}
const passed = counts.reduce((sum, count) => sum + count.passed, 0)
const failed = counts.reduce((sum, count) => sum + count.failed, 0)
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
