import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url))
export const CACHE = `${REPOSITORY}.cache/images`
export const LOGS = `${REPOSITORY}.cache/logs`

/** The path of a folder of the repository that holds a recipe's Dockerfile. */
export function recipeFolder(folder: string): string {
  return join(REPOSITORY, folder)
}
