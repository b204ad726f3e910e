/** Decides for one image: keep what the engine has, pull the official one, or build. */
import { docker } from '../dev/docker.ts'
import { buildImage } from './build.ts'
import { findImage, forgetImage } from './engine-images.ts'
import { hashInputs } from './inputs.ts'
import { recipeFolder } from './paths.ts'
import type { Log } from './progress.ts'
import type { Puller } from './pull.ts'
import type { Recipe } from './recipes.ts'

export interface Surroundings {
  readonly log: Log
  readonly puller: Puller
  /** Hash of what the base image is made from. */
  readonly base: string
}

/** Makes sure that the engine has the image; resolves to the name to use. */
export async function provideImage(recipe: Recipe, { log, puller, base }: Surroundings): Promise<string> {
  const { name, official, context } = recipe
  const present = await findImage(name)
  if (name === official && present !== undefined && present.inputs === undefined) return name

  const fromPackages = await inputsOf(recipe, base)
  const onOfficial = await inputsOf(recipe, official ?? '')
  const known = present?.inputs
  if (known !== undefined && (known === fromPackages || known === onOfficial)) {
    const exact = exactName(name, known)
    if (exact !== name) await docker(['tag', name, exact])
    return exact
  }

  const pulled = official !== undefined && (await puller.pull(official))
  if (pulled && official === name) return name
  const inputs = pulled ? onOfficial : fromPackages
  const exact = exactName(name, inputs)
  await buildImage(
    {
      recipe,
      dockerfile: pulled ? 'Dockerfile.pulled' : 'Dockerfile',
      inputs,
      tags: [...new Set([name, exact])],
      ...(context === undefined ? {} : { addContext: (folder: string) => context.add(folder, log) }),
    },
    log,
  )
  if (present !== undefined && present.id !== (await findImage(name))?.id) await forgetImage(present.id)
  return exact
}

function inputsOf({ folder, context }: Recipe, base: string): Promise<string> {
  return hashInputs([recipeFolder(folder), ...(context?.inputs ?? [])], [base])
}

/**
 * A name that changes with the image, so that `docker stack deploy` updates the services whose image changed, and no others. An official
 * image keeps its name.
 */
export function exactName(name: string, inputs: string): string {
  return name.endsWith(':dev') ? `${name}-${inputs.slice(0, 12)}` : name
}
