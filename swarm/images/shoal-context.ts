/**
 * What goes into Shoal's own image beside its Dockerfile: the sources, the npm packages that they need at run time, and Node. Debian's
 * Node is built without the part that runs TypeScript, so it's the one from npm that everything here runs on.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { engineArchitecture } from './engine-images.ts'
import { hashInputs } from './inputs.ts'
import { CACHE, LOGS, REPOSITORY } from './paths.ts'
import { run } from './program.ts'
import { step } from './progress.ts'
import type { Log } from './progress.ts'

/** Files of the repository that the image is made from. */
export const SHOAL_INPUTS = ['package.json', 'package-lock.json', 'src'].map((path) => join(REPOSITORY, path))

const LOG_FILE = `${LOGS}/shoal-packages.log`

/** npm's words for the architectures that Go and Docker name otherwise. */
const NPM_ARCHITECTURES = new Map([
  ['amd64', 'x64'],
  ['arm64', 'arm64'],
])

/** Adds those files to the folder of a build context. */
export async function addShoalContext(folder: string, log: Log): Promise<void> {
  const packages = await providePackages(log)
  await cp(packages, folder, { recursive: true })
  await cp(join(REPOSITORY, 'src'), join(folder, 'src'), { recursive: true })
}

/** Folder with `package.json`, `node_modules` and `node`, made anew when the packages or the engine's architecture change. */
async function providePackages(log: Log): Promise<string> {
  const architecture = await engineArchitecture()
  const [manifest, lockfile] = ['package.json', 'package-lock.json'].map((name) => join(REPOSITORY, name))
  if (manifest === undefined || lockfile === undefined) throw new Error('no package.json')
  const { node, runtime } = splitManifest(await readFile(manifest, 'utf8'))
  const key = (await hashInputs([lockfile], [runtime, node, architecture])).slice(0, 12)
  await mkdir(CACHE, { recursive: true })
  const name = `packages-${key}`
  const present = await readdir(CACHE)
  if (present.includes(name)) return join(CACHE, name)
  const folder = await mkdtemp(join(CACHE, 'making-'))
  try {
    await step(log, "fetching Node and Shoal's npm packages", async () => {
      await writeFile(join(folder, 'package.json'), runtime)
      await cp(lockfile, join(folder, 'package-lock.json'))
      await installPackages(folder)
      await fetchNode(folder, node, architecture)
    })
    await rename(folder, join(CACHE, name))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
  const outdated = present.filter((entry) => entry.startsWith('packages-'))
  await Promise.all(outdated.map((entry) => rm(join(CACHE, entry), { recursive: true, force: true })))
  return join(CACHE, name)
}

/** Node's version, and the manifest as the image needs it: without what's for development, Node from npm among it. */
function splitManifest(text: string): { readonly node: string; readonly runtime: string } {
  const { name, version, type, dependencies, devDependencies }: Record<string, unknown> = JSON.parse(text)
  const node = new Map<string, unknown>(Object.entries(devDependencies ?? {})).get('node')
  if (typeof node !== 'string') throw new Error('package.json: devDependencies.node has no version')
  return {
    node,
    runtime: `${JSON.stringify({ name, version, type, private: true, dependencies }, null, 2)}\n`,
  }
}

/** Runs here, not in the image, which needs no npm then: all packages are plain JavaScript, the same for each architecture. */
async function installPackages(folder: string): Promise<void> {
  const args = ['ci', '--omit=dev', '--omit=optional', '--ignore-scripts', '--no-audit', '--no-fund']
  await run('npm', args, { cwd: folder, logFile: LOG_FILE })
  await rm(join(folder, 'package-lock.json'))
  // What only editors and debuggers read is half of it.
  const modules = join(folder, 'node_modules')
  const unread = (await readdir(modules, { recursive: true })).filter((file) =>
    /\.(map|d\.[cm]?ts|md)$/.test(file),
  )
  await Promise.all(unread.map((file) => rm(join(modules, file), { recursive: true, force: true })))
}

async function fetchNode(folder: string, version: string, architecture: string): Promise<void> {
  const npmName = NPM_ARCHITECTURES.get(architecture)
  if (npmName === undefined) {
    throw new Error(
      `npm has no Node for the engine's architecture ${architecture}, only for ${[...NPM_ARCHITECTURES.keys()].join(', ')}`,
    )
  }
  const name = `node-linux-${npmName}`
  await run('npm', ['pack', '--silent', `${name}@${version}`], { cwd: folder, logFile: LOG_FILE })
  const archive = `${name}-${version}.tgz`
  const extract = ['--extract', '--file', archive, '--strip-components=2', 'package/bin/node']
  await run('tar', extract, { cwd: folder, logFile: LOG_FILE })
  await rm(join(folder, archive))
}
