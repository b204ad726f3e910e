import { execFile } from 'node:child_process'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { SCRIPTS } from '../../../src/cli/completion/scripts.ts'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-'))
  await writeFile(
    join(folder, 'shoal'),
    `#!/bin/sh\nexec "${process.execPath}" "${resolve('src/bin/shoal.js')}" "$@"\n`,
  )
  await writeFile(join(folder, 'completion.bash'), SCRIPTS.bash)
  await chmod(join(folder, 'shoal'), 0o755)
})
afterAll(() => rm(folder, { recursive: true }))

/** What bash offers for the last word of each command line, once it has read the script. */
async function offered(...lines: readonly string[][]): Promise<string[]> {
  const script = `source "$1"
    compopt() { echo compopt "$@"; }
    complete -p shoal | grep -q -- '-F _shoal'
    ask() { COMP_WORDS=(shoal "$@"); COMP_CWORD=$#; _shoal; echo "\${COMPREPLY[@]}"; }
    ${lines.map((words) => `ask ${words.map((word) => `'${word}'`).join(' ')}`).join('\n')}`
  const env = {
    ...process.env,
    PATH: `${folder}${delimiter}${process.env['PATH']}`,
    DOCKER_HOST: 'tcp://127.0.0.1:1',
  }
  const args = ['-euc', script, 'bash', join(folder, 'completion.bash')]
  const { stdout } = await promisify(execFile)('bash', args, { env })
  return stdout.trimEnd().split('\n')
}

describe('shoal completion bash', () => {
  it('completes options, their values and fields in a real bash, and leaves files to it', async () => {
    const lines = [
      ['apply', '--dry-run', '=', 's'],
      ['explain', 'spec.locality.'],
      ['diff', '-f', 'man'],
      ['delete', ''],
    ]
    expect(await offered(...lines, ['doctor', '--out'])).toEqual([
      'server',
      'spec.locality.mode spec.locality.headroom',
      'compopt -o default',
      '',
      // No engine answers: no names of services.
      '',
      '--output',
    ])
  }, 120_000)
})
