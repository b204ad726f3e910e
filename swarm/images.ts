/**
 * `npm run images`: provides the container images that Shoal, its demo and its tests use, on the engine that DOCKER_HOST names. Official
 * images are pulled where that works. Where not, the same are built from Debian's packages and Go modules, as drop-in replacements.
 * An image whose inputs haven't changed since it was built is left alone. Not for publishing images.
 */
import { ensureEngine } from './dev/engine.ts'
import { provideBase } from './images/base.ts'
import { findImage } from './images/engine-images.ts'
import { copyImages } from './images/load.ts'
import type { ImageTarget } from './images/load.ts'
import { exactName, provideImage } from './images/provide.ts'
import type { Log } from './images/progress.ts'
import { Puller } from './images/pull.ts'
import { DEFAULT_NAMES, RECIPES } from './images/recipes.ts'
import type { ImageNames, Setting } from './images/recipes.ts'

/** More at a time gain nothing: the compilers among them use all cores. */
const AT_ONCE = 2

/**
 * Makes sure that the engine has all images; resolves to their names, by the settings that name them in stack files. Takes a second when
 * nothing changed; minutes when Consul has to be compiled. Throws with the end of the log when a build fails.
 */
export async function provideImages({ log }: { readonly log: Log }): Promise<ImageNames> {
  const puller = new Puller(log)
  const base = await provideBase(log, puller)
  const names: Record<Setting, string> = { ...DEFAULT_NAMES }
  const queue = RECIPES.values()
  let failed = false
  const worker = async () => {
    for (const recipe of queue) {
      if (failed) return
      try {
        names[recipe.setting] = await provideImage(
          { ...recipe, name: DEFAULT_NAMES[recipe.setting] },
          { log, puller, base },
        )
      } catch (error) {
        failed = true
        throw error
      }
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return names
}

/**
 * Brings the images to the engines of a cluster's nodes, which can't pull what was built here. Resolves once all nodes have all images but
 * the nodes' own. What a node has already is not sent again.
 */
export async function loadImages(
  nodes: readonly ImageTarget[],
  { log }: { readonly log: Log },
): Promise<void> {
  const needed = RECIPES.filter(({ setting }) => setting !== 'SHOAL_NODE_IMAGE')
  const tags = needed.map(async ({ setting }) => {
    const name = DEFAULT_NAMES[setting]
    const image = await findImage(name)
    if (image === undefined) throw new Error(`the engine has no image ${name}: npm run images`)
    return image.inputs === undefined ? [name] : [name, exactName(name, image.inputs)]
  })
  await copyImages([...new Set((await Promise.all(tags)).flat())], nodes, log)
}

if (import.meta.main) {
  try {
    await ensureEngine({ log: console.log })
    const names = await provideImages({ log: console.log })
    for (const [setting, name] of Object.entries(names)) console.log(`${setting}=${name}`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
