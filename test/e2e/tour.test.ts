/** The tour of docs/tour.md, as its reader takes it: each command from its text, in order, on the real Swarm. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bringUp, DEMO } from '../../swarm/dev/bring-up.ts'
import { envFile } from '../../swarm/dev/env-file.ts'
import { isShown, stepsOf } from '../docs/steps.ts'
import { redeployShoal } from './dashboards.ts'
import { removeStack, world } from './world.ts'
import type { World } from './world.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const STEPS = stepsOf(readFileSync(`${ROOT}/docs/tour.md`, 'utf8'), '# A tour in ten minutes')

let target: World

beforeAll(async () => {
  target = await world()
  // As `npm start` does.
  await bringUp({ name: target.cluster.name, dashboards: true, log: () => {} })
})

afterAll(async () => {
  const stacks = (await target.cluster.docker(0, ['stack', 'ls', '--format', '{{.Name}}'])).trim().split('\n')
  for (const stack of stacks.filter((name) => name !== 'shoal')) await removeStack(target, stack)
  await redeployShoal(target, {})
})

/** What a terminal shows of a shell that has read the first step's file; it ends with the first command that fails. */
async function run(script: string): Promise<string> {
  const file = envFile(target.cluster.name)
  const text = `set -eu\nexec 2>&1\n. ./${file}\n${script.replaceAll(envFile(DEMO), file)}`
  const { stdout } = await promisify(execFile)('sh', ['-c', text], { cwd: ROOT, timeout: 150_000 })
  return stdout
}

describe('the tour', () => {
  it('has steps', () => {
    expect(STEPS.length).toBeGreaterThan(10)
  })

  it.each(STEPS)('works at line $line', async ({ script, output }) => {
    const printed = await run(script)
    const isRight = output === null || isShown(output, printed)
    expect(isRight, `expected:\n${output}\nprinted:\n${printed}`).toBe(true)
  })
})
