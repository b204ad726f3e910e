import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { envText } from '../../swarm/dev/env-file.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

const NODES = [
  { host: 'tcp://127.0.0.1:2375', httpUrl: 'http://127.0.0.1:80' },
  { host: 'tcp://127.0.0.1:2376', httpUrl: 'http://127.0.0.1:8081' },
]

/** What a shell that has read the file prints. */
function inShell(text: string, script: string): string {
  return execFileSync('sh', ['-euc', `${text}\n${script}`], { encoding: 'utf8', env: {} })
}

describe('the file for a shell', () => {
  it('names the engine, the nodes and the login, whatever is in that', () => {
    const text = envText(NODES, { user: 'admin', password: `it's $HOME "x"` }, '/nowhere')
    expect(inShell(text, 'echo "$DOCKER_HOST $NODE1 $NODE2 $DASHBOARDS_LOGIN"')).toBe(
      `tcp://127.0.0.1:2375 http://127.0.0.1:80 http://127.0.0.1:8081 admin:it's $HOME "x"\n`,
    )
  })

  it('knows no login where the dashboards are off', () => {
    expect(envText(NODES, null, '/nowhere')).not.toContain('LOGIN')
  })

  it('makes shoal a command, from a checkout whose path has spaces', () => {
    expect(() => inShell(envText(NODES, null, '/no where'), 'shoal get services')).toThrow(
      '/no where/node_modules/.bin/node',
    )
  })

  it('the file for a shell makes shoal the command of this checkout', () => {
    expect(inShell(envText(NODES, null, ROOT), 'shoal --help')).toContain('Usage: shoal')
  })
})
