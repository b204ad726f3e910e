/**
 * `npm run images`: provides the container images that Shoal, its demo and its tests use, on the
 * engine that DOCKER_HOST names. Official images are pulled where that works. Where not, the same
 * are built from Debian's packages and Go modules, as drop-in replacements. An image whose inputs
 * haven't changed since it was built is left alone. Not for publishing images.
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
import type { ImageNames, Setting, StackRecipe } from './images/recipes.ts'

/** More at a time gain nothing: the compilers among them use all cores. */
const AT_ONCE = 2

export interface ImageOptions {
  /** The images to provide, by the settings that name them; all of them if not given. */
  readonly wanted?: readonly Setting[]
  readonly log: Log
}

/**
 * Makes sure that the engine has the wanted images. Resolves to the names of all, by the settings
 * that name them in stack files: one that is not wanted has its default name. Takes a second when
 * nothing changed, and minutes when Consul has to be compiled. Throws with the end of the log when
 * a build fails.
 */
export async function provideImages({ wanted, log }: ImageOptions): Promise<ImageNames> {
  const puller = new Puller(log)
  const base = await provideBase(log, puller)
  const names: Record<Setting, string> = { ...DEFAULT_NAMES }
  const queue = recipesOf(wanted).values()
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
 * Brings the wanted images to the engines of a cluster's nodes, which can't pull what was built
 * here. Resolves once all nodes have them, but for the image that the nodes themselves are made of.
 * What a node has already is not sent again.
 */
export async function loadImages(
  nodes: readonly ImageTarget[],
  { wanted, log }: ImageOptions,
): Promise<void> {
  const needed = recipesOf(wanted).filter(({ setting }) => setting !== 'SHOAL_NODE_IMAGE')
  const tags = needed.map(async ({ setting }) => {
    const name = DEFAULT_NAMES[setting]
    const image = await findImage(name)
    if (image === undefined) throw new Error(`the engine has no image ${name}: npm run images`)
    return image.inputs === undefined ? [name] : [name, exactName(name, image.inputs)]
  })
  await copyImages([...new Set((await Promise.all(tags)).flat())], nodes, log)
}

function recipesOf(wanted: readonly Setting[] | undefined): readonly StackRecipe[] {
  return wanted === undefined ? RECIPES : RECIPES.filter(({ setting }) => wanted.includes(setting))
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
