/** The dashboards of a cluster made here: their password is kept under .cache, so that a later run finds and prints the same. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { Cluster } from './cluster.ts'

export interface Login {
  readonly user: string
  readonly password: string
}

export interface Dashboards {
  readonly login: Login
  /** Environment for `docker stack deploy -c swarm/stack.yml` that turns them on. */
  readonly settings: Readonly<Record<string, string>>
}

const FOLDER = fileURLToPath(new URL('../../.cache/passwords', import.meta.url))
const fileOf = (cluster: string): string => `${FOLDER}/${cluster}`

/** Makes sure that the cluster has a secret with the password of its dashboards; the first time that's a new random one. */
export async function provideDashboards(cluster: Cluster): Promise<Dashboards> {
  const password = await keptPassword(cluster.name)
  // A secret can't be changed: another password is another secret.
  const name = `shoal-dashboards-${createHash('sha256').update(password).digest('hex').slice(0, 8)}`
  await provideSecret(cluster, name, password)
  return {
    login: { user: 'admin', password },
    settings: { SHOAL_DASHBOARDS: 'on', SHOAL_DASHBOARDS_SECRET: name },
  }
}

/** For a cluster that is no more. */
export async function forgetPassword(cluster: string): Promise<void> {
  await rm(fileOf(cluster), { force: true })
}

/** Makes a Docker secret unless there is one of that name. */
export async function provideSecret(cluster: Cluster, name: string, text: string): Promise<void> {
  const names = (await cluster.docker(0, ['secret', 'ls', '--format', '{{.Name}}'])).split('\n')
  if (!names.includes(name)) await cluster.docker(0, ['secret', 'create', name, '-'], { input: text })
}

async function keptPassword(cluster: string): Promise<string> {
  const kept = await readFile(fileOf(cluster), 'utf8').catch(() => '')
  if (kept !== '') return kept
  const password = randomBytes(12).toString('base64url')
  await mkdir(FOLDER, { recursive: true, mode: 0o700 })
  await writeFile(fileOf(cluster), password, { mode: 0o600 })
  return password
}
