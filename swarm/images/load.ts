/** Brings the engine's images to other engines that can't pull them: the nodes of a cluster. */
import { dockerEnd, startDocker } from '../dev/docker.ts'
import { findImage } from './engine-images.ts'
import { step } from './progress.ts'
import type { Log } from './progress.ts'

export interface ImageTarget {
  readonly name: string
  /** DOCKER_HOST of its engine. */
  readonly host: string
}

/** Loads images into engines, at once into all that lack the same ones. An engine that has the same image already is left alone. */
export async function copyImages(
  names: readonly string[],
  targets: readonly ImageTarget[],
  log: Log,
): Promise<void> {
  const wanted = await Promise.all(
    names.map(async (name) => ({ name, identity: (await findImage(name))?.identity })),
  )
  const groups = new Map<string, ImageTarget[]>()
  await Promise.all(
    targets.map(async (target) => {
      const found = await Promise.all(names.map((name) => findImage(name, target.host)))
      const missing = wanted.filter(({ identity }, index) => found[index]?.identity !== identity)
      if (missing.length === 0) return
      const key = missing.map(({ name }) => name).join(' ')
      groups.set(key, [...(groups.get(key) ?? []), target])
    }),
  )
  for (const [key, group] of groups) {
    const images = key.split(' ')
    const where = group.map(({ name }) => name).join(', ')
    await step(log, `loading ${images.length} image tags into ${where}`, () => saveInto(images, group))
  }
}

/** One `docker save` feeds all the loads, so that the layers are read and packed once. */
async function saveInto(images: readonly string[], targets: readonly ImageTarget[]): Promise<void> {
  const args = ['save', ...images]
  const save = startDocker(args)
  const saved = dockerEnd(save, args, complaintOf(save))
  save.stdin.end()
  const loaded = targets.map(({ host }) => {
    const load = startDocker(['load', '--quiet'], { host })
    const end = dockerEnd(load, ['--host', host, 'load'], complaintOf(load))
    load.stdout.resume()
    // A load that fails closes its input, which takes it out of the pipe: its end says why, the others go on.
    load.stdin.on('error', () => {})
    save.stdout.pipe(load.stdin)
    return end
  })
  await Promise.all([saved, ...loaded])
}

function complaintOf(child: ReturnType<typeof startDocker>): () => string {
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk))
  return () => errors
}
