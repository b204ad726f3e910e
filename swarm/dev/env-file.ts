import { mkdir, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Cluster, ClusterNode } from './cluster.ts'
import type { Login } from './dashboards.ts'

const ROOT = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '')

/** File that a shell reads with `.` to speak to a cluster; its path from the repository's root. */
export function envFile(cluster: string): string {
  return `.cache/${cluster}.env`
}

/** Writes the file for a cluster: DOCKER_HOST for docker and shoal, NODE1 to NODE3 for curl, the dashboards' login, and the command `shoal`. */
export async function writeEnvFile({ name, nodes }: Cluster, login: Login | null): Promise<void> {
  const path = `${ROOT}/${envFile(name)}`
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, envText(nodes, login, ROOT), { mode: 0o600 })
}

/** For a cluster that is no more. */
export async function removeEnvFile(cluster: string): Promise<void> {
  await rm(`${ROOT}/${envFile(cluster)}`, { force: true })
}

/** What the file says, for a checkout at `root`. */
export function envText(nodes: readonly Place[], login: Login | null, root: string): string {
  const lines = [
    `export DOCKER_HOST=${nodes[0]?.host ?? ''}`,
    ...nodes.map(({ httpUrl }, index) => `export NODE${index + 1}=${httpUrl}`),
    ...(login === null ? [] : [`export DASHBOARDS_LOGIN=${quoted(`${login.user}:${login.password}`)}`]),
    `shoal() { ${quoted(`${root}/node_modules/.bin/node`)} ${quoted(`${root}/src/bin/shoal.js`)} "$@"; }`,
  ]
  return `${lines.join('\n')}\n`
}

type Place = Pick<ClusterNode, 'host' | 'httpUrl'>

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}
